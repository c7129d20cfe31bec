package inspection

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// factorStorage finds these oddities.
type factorStorage struct {
	odd     []ports.Oddity
	failure error
}

func (s factorStorage) FactorOddities(context.Context) ([]ports.Oddity, error) {
	return s.odd, s.failure
}

func TestEveryKindOfOddSecondFactorHasASentence(t *testing.T) {
	kinds := []string{ports.OddFactorSealed, ports.OddFactorForm, ports.OddFactorClear, ports.OddFactorSigned, ports.OddFactorOff,
		ports.OddCodesSealed, ports.OddCodesForm, ports.OddPasskeyForm}
	require.Len(t, factorVerdicts, len(kinds))
	for _, kind := range kinds {
		stored := factorStorage{odd: []ports.Oddity{{Kind: kind, Count: 9, Examples: []accounts.ID{3, 4}}}}
		found := examine(storage{schema: whole(), now: now}, Options{Factors: stored})
		at := worst(found)
		require.Len(t, at, 1, kind)
		require.Contains(t, at[0], "second factors: 9 accounts have ")
		for _, f := range found {
			if f.Check == "second factors" {
				require.True(t, strings.HasSuffix(f.Advice, "(auth_user.id: 3, 4 …)"), f.Advice)
			}
		}
	}
	require.Empty(t, worst(examine(storage{schema: whole(), now: now}, Options{Factors: factorStorage{}})))
}

func TestSecondFactorsThatCannotBeReadAreBroken(t *testing.T) {
	found := examine(storage{schema: whole(), now: now}, Options{Factors: factorStorage{failure: errors.New("no")}})
	require.Equal(t, []string{"broken second factors: This could not be examined: no."}, worst(found))
}
