/** Opens the dashboard at an address, as a browser would. */
import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { createQueryClient } from "../api/query-client";
import { App } from "../app";

export function open(address: string) {
  history.replaceState(null, "", address);
  const user = userEvent.setup();
  const client = createQueryClient();
  render(
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>,
  );
  return { user, client };
}
