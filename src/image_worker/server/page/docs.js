// The interactive reference of the HTTP API; the key that the page keeps is used here as well.
window.SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor(request) {
    const key = localStorage.getItem("image-worker.key");
    if (key) request.headers.Authorization = `Bearer ${key}`;
    return request;
  },
});
