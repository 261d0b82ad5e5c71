// Small improvements on pages that work without any of them. No inline code, no eval.
import "./theme.js";
import "./menus.js";
import "./dialogs.js";
import "./toasts.js";
import "./tables.js";
import "./forms.js";
import "./unsaved.js";
import "./copy.js";
