package oauthlogin

import (
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/domain/identities"
)

func TestAProbeFetchesTheDocumentAndTheKeys(t *testing.T) {
	b, s := corp(t, nil, nil)
	require.NoError(t, b.Probes()[b.name](t.Context()))
	require.Len(t, s.at("/keys"), 1)

	b, _ = corp(t, map[string]any{"issuer": "https://somebody.example"}, nil)
	require.ErrorIs(t, b.Probes()[b.name](t.Context()), identities.ErrProviderUnavailable)
}

func TestProvidersThatPublishNothingAreNotProbed(t *testing.T) {
	require.Empty(t, newBench(t, Config{Kind: KindGitHub}).Probes())
}
