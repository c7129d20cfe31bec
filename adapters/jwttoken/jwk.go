package jwttoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
)

// jwk is a public key as RFC 7517 writes it. It has no member that could hold a
// private part.
type jwk struct {
	Type      string `json:"kty"`
	Curve     string `json:"crv,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
	Modulus   string `json:"n,omitempty"`
	Exponent  string `json:"e,omitempty"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	ID        string `json:"kid"`
}

// publicJWK returns the public part of an asymmetric key. A key without a kid
// gets its thumbprint: some readers of JWKS skip keys that have none.
func publicJWK(key Key) (jwk, error) {
	public, err := members(key.public)
	if err != nil {
		return jwk{}, err
	}
	public.Use, public.Algorithm, public.ID = "sig", key.Algorithm, key.ID
	if public.ID == "" {
		public.ID, err = public.thumbprint()
	}
	return public, err
}

// members returns the members that are the key itself (RFC 7518, section 6; RFC 8037, section 2).
func members(public crypto.PublicKey) (jwk, error) {
	text := base64.RawURLEncoding.EncodeToString
	switch key := public.(type) {
	case *rsa.PublicKey:
		return jwk{Type: "RSA", Modulus: text(key.N.Bytes()), Exponent: text(big.NewInt(int64(key.E)).Bytes())}, nil
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 4, then both coordinates at full length
		if err != nil {
			return jwk{}, err
		}
		half := (len(point) + 1) / 2
		return jwk{Type: "EC", Curve: key.Curve.Params().Name, X: text(point[1:half]), Y: text(point[half:])}, nil
	case ed25519.PublicKey:
		return jwk{Type: "OKP", Curve: "Ed25519", X: text(key)}, nil
	}
	return jwk{}, fmt.Errorf("jwttoken: %T cannot be published", public)
}

// thumbprint is RFC 7638's: the hash of the members that are the key itself, in
// the order of their names, which is the order in which a map is written.
func (k jwk) thumbprint() (string, error) {
	own := map[string]string{"kty": k.Type, "crv": k.Curve, "x": k.X, "y": k.Y, "n": k.Modulus, "e": k.Exponent}
	for name, value := range own {
		if value == "" {
			delete(own, name)
		}
	}
	text, err := json.Marshal(own)
	hash := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(hash[:]), err
}

// JWKS returns the JSON Web Key Set (RFC 7517) of all asymmetric keys that
// verify, staged ones included, so that others can fetch a key before its first
// token arrives. A shared secret is never part of it.
func (s *KeySet) JWKS() ([]byte, error) {
	set := struct {
		Keys []jwk `json:"keys"`
	}{Keys: []jwk{}}
	for _, key := range s.verifying() {
		if key.public == nil {
			continue
		}
		public, err := publicJWK(key)
		if err != nil {
			return nil, err
		}
		set.Keys = append(set.Keys, public)
	}
	return json.Marshal(set)
}
