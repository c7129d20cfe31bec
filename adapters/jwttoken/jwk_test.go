package jwttoken

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/secret"
)

func TestThumbprintsAreThoseOfTheRFCs(t *testing.T) {
	modulus := "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
	for want, key := range map[string]jwk{
		"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs": {Type: "RSA", Modulus: modulus, Exponent: "AQAB", Algorithm: "RS256", ID: "2011-04-29"}, // RFC 7638
		"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k": {Type: "OKP", Curve: "Ed25519", X: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},       // RFC 8037
	} {
		got, err := key.thumbprint()
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func published(t *testing.T, set *KeySet) []map[string]string {
	t.Helper()
	text, err := set.JWKS()
	require.NoError(t, err)
	var read map[string][]map[string]string
	require.NoError(t, json.Unmarshal(text, &read))
	require.Len(t, read, 1)
	require.NotNil(t, read["keys"])
	return read["keys"]
}

func TestJWKSHasThePublicMembersOnly(t *testing.T) {
	lengths := map[string]map[string]int{
		"RSA": {"n": 512, "e": 4}, "P-256": {"x": 43, "y": 43}, "P-384": {"x": 64, "y": 64}, "P-521": {"x": 88, "y": 88}, "Ed25519": {"x": 43},
	}
	for _, name := range Algorithms() {
		keys := published(t, NewKeySet(someKey(t, name)))
		if name[:2] == "HS" {
			require.Empty(t, keys, "a shared secret is never published")
			continue
		}
		require.Len(t, keys, 1)
		key := keys[0]
		require.Equal(t, name, key["alg"])
		require.Equal(t, "sig", key["use"])
		require.Len(t, key["kid"], 43, "the thumbprint")
		kind := key["crv"] + map[bool]string{true: key["kty"]}[key["crv"] == ""]
		require.Contains(t, lengths, kind)
		for member, length := range lengths[kind] {
			require.Len(t, key[member], length, member)
		}
		for member := range key {
			require.Contains(t, []string{"kty", "crv", "x", "y", "n", "e", "use", "alg", "kid"}, member)
		}
	}
}

// The key of RFC 8037, appendix A.
func TestAKeyIsPublishedAsInTheRFC(t *testing.T) {
	const pemText = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n"
	key, err := ParseKey("EdDSA", secret.New(pemText), secret.String{})
	require.NoError(t, err)
	text, err := NewKeySet(key).JWKS()
	require.NoError(t, err)
	require.JSONEq(t, `{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
		"use":"sig","alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}]}`, string(text))
}

func TestJWKSPublishesAKeyFromItsMakingToItsEnd(t *testing.T) {
	f := newFixture(t, someKey(t, "HS256"))
	first, second := f.add(t, "ES256"), f.add(t, "HS256")
	kids := func() (kids []string) {
		for _, key := range published(t, f.set) {
			kids = append(kids, key["kid"])
		}
		return kids
	}
	require.Equal(t, []string{first}, kids(), "staged; and no shared secret")
	f.promote(t, first)
	require.Equal(t, []string{first}, kids())
	f.promote(t, second)
	require.Equal(t, []string{first}, kids(), "retired, and still verifying")
	f.clock.turn(life - 2*time.Second)
	require.Equal(t, []string{first}, kids())
	f.clock.turn(2 * time.Second)
	require.Empty(t, kids())
}
