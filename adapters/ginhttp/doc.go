// Package ginhttp serves the HTTP API of dj-rest-auth 7.1, byte for byte, and the
// two small pages that mail links lead to.
//
// routes.go is the whole API on one page. A request runs through endpoint.go,
// whose steps and their order are Django REST framework's: negotiation,
// authentication, permission, throttling, method, body. fields.go reads the
// body's fields as DRF's serializers do, and faults.go is the only place where a
// refusal becomes a status and a body. Everything else is one file per activity.
package ginhttp
