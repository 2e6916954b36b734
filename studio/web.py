"""What stands around the page: its headers, a limit on what is posted, and the script that runs before gradio."""

from typing import Any

from starlette.responses import JSONResponse

Scope = dict[str, Any]

MAX_POST_BYTES = 2_000_000

POLICY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "base-uri 'self'",
    ]
)

# Gradio picks its language from navigator.language and knows no plain `zh`; it also forgets a choice at a reload.
# A page whose studio was gone for a while reloads itself: what was written in it comes back.
# It names no icon either, and a browser then asks the host for one, outside the path that a proxy may give us.
EARLY_SCRIPT = """<link rel="icon" href="favicon.ico"><script>
(() => {
  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const asked = new URLSearchParams(location.search).get('lang');
  const wish = asked || remembered('triptych-language') || navigator.language || 'en';
  const language = /^zh/i.test(wish) ? 'zh' : 'en';
  const code = { en: 'en', zh: 'zh-CN' };
  Object.defineProperty(navigator, 'language', { get: () => code[language] });
  Object.defineProperty(navigator, 'languages', { get: () => [code[language]] });
  const DRAFTS = 'triptych-drafts';
  let drafts = {};
  try { drafts = JSON.parse(sessionStorage.getItem(DRAFTS)) || {}; } catch { /* private browsing */ }
  const fields = () => [...document.querySelectorAll('.arts [id]:not(.hidden) > label textarea')]
    .map((field) => [field.closest('[id]').id, field]);
  const keep = () => {
    const written = fields().map(([id, field]) => [id, field.value]).filter(([, text]) => text);
    const kept = JSON.stringify({ ...drafts, ...Object.fromEntries(written) });
    try { sessionStorage.setItem(DRAFTS, kept); } catch { /* private browsing, or too much */ }
  };
  const watch = new MutationObserver(() => restore());  // a tab's fields are there once it is first opened
  const restore = () => {
    for (const [id, field] of fields().filter(([id]) => drafts[id])) {
      field.value = drafts[id];
      field.dispatchEvent(new Event('input', { bubbles: true }));
      delete drafts[id];
    }
    if (!Object.keys(drafts).length) watch.disconnect();
  };
  addEventListener('pagehide', keep);
  const root = document.documentElement;
  window.triptych = {
    language,
    speak(next) {
      this.language = next;
      root.dataset.language = next;
      root.lang = code[next];
      try { localStorage.setItem('triptych-language', next); } catch { /* private browsing */ }
      return next;
    },
    arrive() {
      const theme = remembered('triptych-theme');
      if (theme) document.body.classList.toggle('dark', theme === 'dark');
      root.lang = code[this.language];
      watch.observe(document.querySelector('.arts'), { childList: true, subtree: true });
      restore();
      return this.language;
    },
    light() {
      const dark = document.body.classList.toggle('dark');
      try { localStorage.setItem('triptych-theme', dark ? 'dark' : 'light'); } catch { /* private browsing */ }
    },
    unpack(parcel) {
      const { name, content } = JSON.parse(parcel);
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bytes]));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    },
  };
  root.dataset.language = language;
})();
</script>"""


class Headers:
    """Adds a content security policy and the usual headers to every answer."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the request on and add the headers as the answer starts."""

        async def add(message: Scope) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"content-security-policy", POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self.app(scope, receive, add)


class PostLimit:
    """Refuses a posted body over two megabytes with a sentence; uploads have gradio's own limit."""

    def __init__(self, app: Any, sentence: str) -> None:
        self.app = app
        self.sentence = sentence

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Count what comes in; answer 413 where it is too much."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"].endswith("/upload"):
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"")
        if not length.isdigit() or int(length) > MAX_POST_BYTES:
            status = 413 if length.isdigit() else 411
            await JSONResponse({"detail": self.sentence}, status)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class EarlyHead:
    """Puts a script at the start of every HTML page's head."""

    def __init__(self, app: Any, script: str = EARLY_SCRIPT) -> None:
        self.app = app
        self.script = script.encode()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Hold the start of an HTML answer back until its body is here, then send both, the script included."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start: Scope = {}
        body = b""

        async def insert(message: Scope) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                if dict(message["headers"]).get(b"content-type", b"").startswith(b"text/html"):
                    start = message
                    return
            elif start and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                page = body.replace(b"<head>", b"<head>" + self.script, 1)
                kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
                await send(start | {"headers": [*kept, (b"content-length", str(len(page)).encode())]})
                await send({"type": "http.response.body", "body": page})
                return
            await send(message)

        await self.app(scope, receive, insert)
