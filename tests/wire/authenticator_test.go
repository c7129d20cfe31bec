package wire

import (
	"encoding/base64"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"
)

// The recordings hold credential ids: these were made by the recorder's own authenticator.
func TestAnAuthenticatorFollowsFromItsName(t *testing.T) {
	for algorithm, cose := range map[string]string{
		"ES256": "a501020326200121582079030662591ad562180dfe98492311f20c95a62fae0f9e01f5adbad1e36ca0442258204a2d41e0bd03b445c025957f1c652d8bd37e4382cf327161b800c32abe4c21c6",
		"EdDSA": "a40101032720062158200d99672c3210a3186c8ee4bd9ac023eff25aa8aad1d78d354c7642ec9d9bb918",
	} {
		a, err := newAuthenticator("k1", algorithm)
		require.NoError(t, err)
		require.Equal(t, "7ab36b7600582caa955392a82bcf59521f1b54760dfde586a5223266779b922a", hex.EncodeToString(a.id))
		require.Equal(t, cose, hex.EncodeToString(a.cose))
	}
	_, err := newAuthenticator("k1", "HS256")
	require.Error(t, err)
}

func TestADirectiveChangesTheAnswer(t *testing.T) {
	r := &run{vars: Variables{}}
	options := map[string]any{"challenge": "Y2M", "rp": map[string]any{"id": "site.test"}}
	require.NoError(t, r.makeCredential(directive{
		"as": "made", "key": "k1", "options": options, "uv": false, "sign_count": jsonNumber("258"),
		"set": map[string]any{"response.transports": []any{"usb"}}, "unset": []any{"authenticatorAttachment"},
	}))
	made := r.vars["made"].(map[string]any)
	require.NotContains(t, made, "authenticatorAttachment")
	response := made["response"].(map[string]any)
	require.Equal(t, []any{"usb"}, response["transports"])
	object, err := base64.RawURLEncoding.DecodeString(response["attestationObject"].(string))
	require.NoError(t, err)
	require.Contains(t, string(object), string(digestOf("site.test"))+"\x41\x00\x00\x01\x02", "present, with a credential, counted")
	said, err := base64.RawURLEncoding.DecodeString(response["clientDataJSON"].(string))
	require.NoError(t, err)
	require.JSONEq(t, `{"type":"webauthn.create","challenge":"Y2M","origin":"https://example.com","crossOrigin":false}`, string(said))
}

func TestADirectiveWithAnUnknownArgumentIsRefused(t *testing.T) {
	r := &run{vars: Variables{}}
	require.ErrorContains(t, r.makeCredential(directive{"as": "a", "key": "k1", "orign": "https://evil.test"}), "orign")
	require.ErrorContains(t, r.makeAssertion(directive{"as": "a", "key": "k1", "uverified": false}), "uverified")
}
