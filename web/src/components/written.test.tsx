import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Written } from "./written";

it("keeps what somebody has written to itself, and shows what is hidden in it", () => {
  const { container } = render(<Written text={"report\u202efdp.exe"} />);
  const text = container.querySelector("bdi");
  expect(text?.textContent).toBe("reportU+202Efdp.exe");
  expect(screen.getByText("U+202E").tagName).toBe("SPAN");
});
