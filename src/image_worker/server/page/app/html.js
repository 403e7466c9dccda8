// Preact without a build: templates as tagged strings.

import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
