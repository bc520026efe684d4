"""Settings of a deployment that is tuned as its authors would: nothing switched on that these calls do not need."""

import os
from urllib.parse import parse_qs, urlsplit

_url = urlsplit(os.environ["DJANGO_DATABASE_URL"])

SECRET_KEY = "nothing is signed here"  # noqa: S105 - Django wants one
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.django_stack.urls"
INSTALLED_APPS = ["benchmarks.django_stack"]
MIDDLEWARE: list[str] = []
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _url.path.removeprefix("/"),
        "USER": _url.username,
        "HOST": parse_qs(_url.query)["host"][0],
        "PORT": parse_qs(_url.query)["port"][0],
        "CONN_MAX_AGE": None,  # a connection a thread, kept
    }
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "PAGE_SIZE": 20,
}
