// Starts the API's documentation page: src/api/docs.py says which document it shows.
const element = document.getElementById("documentation");

window.SwaggerUIBundle({
  domNode: element,
  url: element.dataset.document,
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
});
