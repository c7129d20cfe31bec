package jwttoken

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// Sizes in bits of RSA keys: what is refused below (RFC 7518, section 3.3), and
// what we make (NIST SP 800-57: good beyond 2030).
const (
	leastRSA = 2048
	newRSA   = 3072
)

// algorithm is one way to sign. An algorithm without fits and generate signs
// with a shared secret.
type algorithm struct {
	method   jwt.SigningMethod
	fits     func(crypto.PublicKey) error
	generate func() (crypto.Signer, error)
}

// algorithms lists all that may sign. "none" is not among them, nor is any
// algorithm that another package registers with the library.
var algorithms = []algorithm{
	{method: jwt.SigningMethodHS256},
	{method: jwt.SigningMethodHS384},
	{method: jwt.SigningMethodHS512},
	{jwt.SigningMethodRS256, fitsRSA, generateRSA},
	{jwt.SigningMethodRS384, fitsRSA, generateRSA},
	{jwt.SigningMethodRS512, fitsRSA, generateRSA},
	{jwt.SigningMethodPS256, fitsRSA, generateRSA},
	{jwt.SigningMethodPS384, fitsRSA, generateRSA},
	{jwt.SigningMethodPS512, fitsRSA, generateRSA},
	{jwt.SigningMethodES256, fitsCurve(elliptic.P256()), generateEC(elliptic.P256())},
	{jwt.SigningMethodES384, fitsCurve(elliptic.P384()), generateEC(elliptic.P384())},
	{jwt.SigningMethodES512, fitsCurve(elliptic.P521()), generateEC(elliptic.P521())},
	{jwt.SigningMethodEdDSA, fitsEd25519, generateEd25519},
}

// Algorithms returns the names of all algorithms, as ALGORITHM takes them.
func Algorithms() []string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.method.Alg()
	}
	return names
}

func algorithmNamed(name string) (algorithm, error) {
	for _, a := range algorithms {
		if a.method.Alg() == name {
			return a, nil
		}
	}
	return algorithm{}, fmt.Errorf("ALGORITHM %q is unknown: write one of %s", name, strings.Join(Algorithms(), ", "))
}

func (a algorithm) shared() bool { return a.fits == nil }

func fitsRSA(public crypto.PublicKey) error {
	key, ok := public.(*rsa.PublicKey)
	if !ok {
		return errors.New("takes an RSA key")
	}
	if bits := key.N.BitLen(); bits < leastRSA {
		return fmt.Errorf("takes an RSA key of at least %d bits; this one has %d", leastRSA, bits)
	}
	return nil
}

func generateRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, newRSA) }

// fitsCurve holds each algorithm to its one curve (RFC 7518, section 3.4).
func fitsCurve(curve elliptic.Curve) func(crypto.PublicKey) error {
	return func(public crypto.PublicKey) error {
		if key, ok := public.(*ecdsa.PublicKey); !ok || key.Curve != curve {
			return fmt.Errorf("takes a key on the curve %s", curve.Params().Name)
		}
		return nil
	}
}

func generateEC(curve elliptic.Curve) func() (crypto.Signer, error) {
	return func() (crypto.Signer, error) { return ecdsa.GenerateKey(curve, rand.Reader) }
}

func fitsEd25519(public crypto.PublicKey) error {
	if _, ok := public.(ed25519.PublicKey); !ok {
		return errors.New("takes an Ed25519 key")
	}
	return nil
}

func generateEd25519() (crypto.Signer, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return private, err
}
