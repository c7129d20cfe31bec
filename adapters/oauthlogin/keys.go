package oauthlogin

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	// keysFresh is how long a key set is believed without asking again, when the
	// provider does not say: a key that it gave up must not be good for ever.
	keysFresh = time.Hour
	// keysFreshLeast and keysFreshMost bound what the provider may say.
	keysFreshLeast, keysFreshMost = 5 * time.Minute, 24 * time.Hour
	// keysMost is more than any provider has.
	keysMost = 64
)

// keys is a provider's key set, fetched when it is needed.
type keys struct {
	url    func(ctx context.Context) (string, error)
	client *client
	cache  cache[[]jose.JSONWebKey]
}

func newKeys(b base, url func(ctx context.Context) (string, error)) *keys {
	k := &keys{url: url, client: b.client}
	k.cache.clock, k.cache.fetch = b.clock, k.ask
	return k
}

// VerifySignature returns what the token says if a key of the provider's signed it.
// It returns identities.ErrProviderUnavailable when the keys cannot be had.
func (k *keys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, err
	}
	candidates, err := k.candidates(ctx, signed.Signatures[0].Header)
	if err != nil {
		return nil, err
	}
	for _, key := range candidates {
		if payload, err := signed.Verify(key); err == nil {
			return payload, nil
		}
	}
	return nil, errKey
}

var errKey = errors.New("no key of the provider's signed it")

// algorithms are those that an id_token may be signed with at all: asymmetric ones.
// HS256 would take the public key for a secret, and "none" anything.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// candidates returns the keys that may have signed: the one of the name, or the
// only one where the token names none.
func (k *keys) candidates(ctx context.Context, header jose.Header) ([]jose.JSONWebKey, error) {
	set, err := k.cache.get(ctx, func(set []jose.JSONWebKey) bool { return len(named(set, header)) > 0 })
	if err != nil {
		return nil, err
	}
	return named(set, header), nil
}

func named(set []jose.JSONWebKey, header jose.Header) []jose.JSONWebKey {
	if header.KeyID == "" {
		if len(set) == 1 {
			return set
		}
		return nil
	}
	var found []jose.JSONWebKey
	for _, key := range set {
		fits := key.Algorithm == "" || key.Algorithm == header.Algorithm
		if key.KeyID == header.KeyID && fits {
			found = append(found, key)
		}
	}
	return found
}

func (k *keys) ask(ctx context.Context) ([]jose.JSONWebKey, time.Duration, error) {
	url, err := k.url(ctx)
	if err != nil {
		return nil, 0, err
	}
	body, header, err := k.client.readWithHeader(ctx, call{step: "keys", url: url})
	if err == nil {
		var set []jose.JSONWebKey
		if set, err = parseKeys(body); err == nil {
			return set, freshness(header), nil
		}
	}
	return nil, 0, k.client.unavailable(ctx, "keys", err)
}

// parseKeys reads a JSON Web Key Set (RFC 7517), or Google's map of names to certificates.
func parseKeys(body []byte) ([]jose.JSONWebKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, errNoJSON
	}
	if set.Keys == nil {
		return someKeys(parseCertificates(body))
	}
	var found []jose.JSONWebKey
	for _, text := range set.Keys[:min(len(set.Keys), keysMost)] {
		var key jose.JSONWebKey
		if json.Unmarshal(text, &key) == nil && usable(key) { // a key of a new sort does not spoil the others
			found = append(found, key)
		}
	}
	return someKeys(found, nil)
}

// someKeys takes a set without a single key for no answer: it must not put good keys out of use.
func someKeys(found []jose.JSONWebKey, err error) ([]jose.JSONWebKey, error) {
	if err == nil && len(found) == 0 {
		return nil, errNoKeys
	}
	return found, err
}

var errNoKeys = errors.New("the provider publishes no key that can be used")

// usable refuses keys that are for other things, and secret ones: what a provider
// publishes verifies, or it is no key to believe.
func usable(key jose.JSONWebKey) bool {
	return key.Valid() && key.IsPublic() && key.Use != "enc"
}

func parseCertificates(body []byte) ([]jose.JSONWebKey, error) {
	var certificates map[string]string
	if err := json.Unmarshal(body, &certificates); err != nil {
		return nil, errNoJSON
	}
	var found []jose.JSONWebKey
	for name, text := range certificates {
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			continue
		}
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil && len(found) < keysMost {
			found = append(found, jose.JSONWebKey{KeyID: name, Key: certificate.PublicKey})
		}
	}
	return found, nil
}

func freshness(header http.Header) time.Duration {
	for part := range strings.SplitSeq(header.Get("Cache-Control"), ",") {
		if age, found := strings.CutPrefix(strings.TrimSpace(part), "max-age="); found {
			if seconds, err := strconv.Atoi(age); err == nil {
				return min(max(time.Duration(seconds)*time.Second, keysFreshLeast), keysFreshMost)
			}
		}
	}
	return keysFresh
}
