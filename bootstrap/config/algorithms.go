package config

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"strings"
)

// Algorithm is how tokens are signed, by its name in RFC 7518 and RFC 8037.
type Algorithm string

// The algorithms. "none" is not among them.
const (
	HS256 Algorithm = "HS256"
	HS384 Algorithm = "HS384"
	HS512 Algorithm = "HS512"
	RS256 Algorithm = "RS256"
	RS384 Algorithm = "RS384"
	RS512 Algorithm = "RS512"
	PS256 Algorithm = "PS256"
	PS384 Algorithm = "PS384"
	PS512 Algorithm = "PS512"
	ES256 Algorithm = "ES256"
	ES384 Algorithm = "ES384"
	ES512 Algorithm = "ES512"
	EdDSA Algorithm = "EdDSA"
)

var algorithms = []Algorithm{HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA}

// Shared reports whether one key both signs and verifies (HMAC).
func (a Algorithm) Shared() bool { return strings.HasPrefix(string(a), "HS") }

// curves says which algorithm goes with which curve (RFC 7518, 3.4).
var curves = map[string]Algorithm{"P-256": ES256, "P-384": ES384, "P-521": ES512}

// rsaBits is the least that RFC 7518, 3.3 allows.
const rsaBits = 2048

// takes reports whether the algorithm works with such a key.
func (a Algorithm) takes(key crypto.PublicKey) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		return (strings.HasPrefix(string(a), "RS") || strings.HasPrefix(string(a), "PS")) && key.N.BitLen() >= rsaBits
	case *ecdsa.PublicKey:
		return curves[key.Params().Name] == a
	case ed25519.PublicKey:
		return a == EdDSA
	default:
		return false
	}
}
