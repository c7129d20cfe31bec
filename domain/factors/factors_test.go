package factors_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"latchkey/domain/accounts"
	"latchkey/domain/factors"
	"latchkey/domain/secret"
)

var (
	noon   = time.Date(2026, 3, 1, 12, 0, 10, 0, time.UTC)
	rules  = factors.Rules{Digits: 6, Period: 30 * time.Second, Codes: 10}
	shared = secret.New("JBSWY3DPEHPK3PXPGEZDGNBVGY3TQOJQ")
)

// with returns factors of which nothing is used.
func with() *factors.Factors {
	recovery, _ := factors.NewRecovery("salt", []string{"0123abcd", "ffffffff"}, noon)
	return factors.Restore(factors.Snapshot{Account: 7, TOTP: &factors.TOTP{Secret: shared, Created: noon}, Recovery: recovery})
}

// codeAt is the code so many steps from noon.
func codeAt(steps int) string { return rules.Code(shared, noon.Add(time.Duration(steps)*rules.Period)) }

func TestACodeIsGoodOneStepEitherWay(t *testing.T) {
	for steps, good := range map[int]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		require.Equal(t, good, with().Prove(codeAt(steps), rules, noon) == nil, steps)
	}
}

// Only the very last code is remembered upstream: after another one the first is good
// again, and an older step after a newer one.
func TestEveryStepUpToTheUsedOneIsBurnt(t *testing.T) {
	f := with()
	require.NoError(t, f.ProveTOTP(codeAt(0), rules, noon))
	for _, steps := range []int{0, -1} {
		require.ErrorIs(t, f.ProveTOTP(codeAt(steps), rules, noon), factors.ErrCodeInvalid)
	}
	require.NoError(t, f.ProveTOTP(codeAt(1), rules, noon))
	later := noon.Add(rules.Period)
	for _, steps := range []int{0, 1} {
		require.ErrorIs(t, f.ProveTOTP(codeAt(steps), rules, later), factors.ErrCodeInvalid)
	}
}

func TestABurntStepStaysBurnt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, highest := with(), -10
		for range rapid.IntRange(1, 20).Draw(t, "tries") {
			steps, at := rapid.IntRange(-3, 3).Draw(t, "code"), rapid.IntRange(-2, 2).Draw(t, "now")
			err := f.ProveTOTP(codeAt(steps), rules, noon.Add(time.Duration(at)*rules.Period))
			if err == nil {
				require.Greater(t, steps, highest)
				highest = steps
			}
		}
	})
}

// Upstream compares after NFKC, and remembers the code as it was typed: each other
// spelling of a used code is good again.
func TestOnlyASCIIDigitsAreACode(t *testing.T) {
	for _, zero := range []rune{'０', '٠', '०', '𝟎'} {
		spelled := strings.Map(func(r rune) rune { return zero + r - '0' }, codeAt(0))
		require.ErrorIs(t, with().Prove(spelled, rules, noon), factors.ErrCodeInvalid)
	}
	for _, other := range []string{"", "é", "12345", "1234567", codeAt(0) + " ", "+" + codeAt(0)[1:], strings.Repeat("9", 1000)} {
		require.ErrorIs(t, with().Prove(other, rules, noon), factors.ErrCodeInvalid, other)
	}
}

// A program beside this one remembers the code alone.
func TestACodeThatAnotherProgramTookIsBurnt(t *testing.T) {
	f := with().Snapshot()
	f.TOTP.LastCode, f.TOTP.LastUsed = codeAt(0), noon
	for steps, good := range map[int]bool{-1: false, 0: false, 1: true} {
		require.Equal(t, good, factors.Restore(f).Prove(codeAt(steps), rules, noon) == nil, steps)
	}
	f.TOTP.LastCode = "１２３４５６" // in which spelling of which code, is not known
	require.ErrorIs(t, factors.Restore(f).Prove(codeAt(1), rules, noon), factors.ErrCodeInvalid)
}

func TestTheCodeOfTheActivationIsBurnt(t *testing.T) {
	f := factors.Restore(factors.Snapshot{Account: 7})
	recovery, _ := factors.NewRecovery("salt", []string{"0123abcd"}, noon)
	require.ErrorIs(t, f.Activate(shared, "000000", recovery, rules, noon), factors.ErrActivationCodeInvalid)
	require.False(t, f.Enabled())
	require.NoError(t, f.Activate(shared, codeAt(0), recovery, rules, noon))
	require.True(t, f.Enabled())
	require.ErrorIs(t, f.Prove(codeAt(0), rules, noon), factors.ErrCodeInvalid)
	require.Zero(t, f.LastUsed(), "it was set up and not used")
}

func TestARecoveryCodeIsGoodOnceInAnyCase(t *testing.T) {
	f := with()
	for _, wrong := range []string{"0123abcd", "0123-abce", "0123-abc", "0123-abcdé"} {
		require.ErrorIs(t, f.Prove(wrong, rules, noon), factors.ErrCodeInvalid, wrong)
	}
	require.NoError(t, f.Prove("0123-ABCD", rules, noon))
	require.Equal(t, noon, f.LastUsed())
	require.ErrorIs(t, f.Prove("0123-abcd", rules, noon), factors.ErrCodeInvalid)
	require.NoError(t, f.Prove("ffff-ffff", rules, noon))
	require.ErrorIs(t, with().ProveTOTP("ffff-ffff", rules, noon), factors.ErrCodeInvalid)
}

// Upstream shows codes although there is no factor, and takes them.
func TestRecoveryCodesAloneCountForNothing(t *testing.T) {
	f := factors.Restore(factors.Snapshot{Account: 7, Recovery: factors.SeededRecovery(secret.New(strings.Repeat("00", 32)), noon)})
	require.False(t, f.Enabled())
	require.Empty(t, f.Unused(rules))
	require.ErrorIs(t, f.Prove("9979-e4c3", rules, noon), factors.ErrCodeInvalid)
}

func TestDigestsDoNotTellTheCodes(t *testing.T) {
	recovery, shown := factors.NewRecovery("salt", []string{"0123abcd"}, noon)
	require.Equal(t, []string{"0123-abcd"}, shown)
	require.Empty(t, recovery.Unused(rules))
	require.NotContains(t, recovery.Digests[0], "0123")
}

func TestASecretThatCannotBeReadFitsNothingAndIsStillDemanded(t *testing.T) {
	for _, unreadable := range []string{"", "!", "0189"} {
		f := factors.Restore(factors.Snapshot{Account: 7, TOTP: &factors.TOTP{Secret: secret.New(unreadable), Created: noon}})
		require.True(t, f.Enabled())
		require.False(t, f.Snapshot().TOTP.Usable())
		require.ErrorIs(t, f.Prove(codeAt(0), rules, noon), factors.ErrCodeInvalid)
	}
}

func TestWhatIsPendingStandsOnPasswordAndFactor(t *testing.T) {
	account := func(id accounts.ID, hash string) *accounts.Account {
		return accounts.Restore(accounts.Snapshot{ID: id, PasswordHash: secret.New(hash)})
	}
	other := with().Snapshot()
	other.TOTP.Secret = secret.New("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
	used := with()
	require.NoError(t, used.Prove(codeAt(0), rules, noon))
	base := with().Standing(account(7, "hash"))
	require.Equal(t, base, used.Standing(account(7, "hash")), "using a code changes nothing")
	for name, changed := range map[string]string{
		"password": with().Standing(account(7, "other")),
		"account":  with().Standing(account(8, "hash")),
		"secret":   factors.Restore(other).Standing(account(7, "hash")),
		"off":      factors.Restore(factors.Snapshot{}).Standing(account(7, "hash")),
	} {
		require.NotEqual(t, base, changed, name)
	}
}

func TestNewCodesKeepWhenThereWereSomeAtFirst(t *testing.T) {
	f := with()
	require.NoError(t, f.Prove("0123-abcd", rules, noon))
	fresh, _ := factors.NewRecovery("other", []string{"11111111"}, noon.Add(time.Hour))
	f.Renew(fresh)
	require.Equal(t, noon, f.Snapshot().Recovery.Created)
	require.Equal(t, noon, f.LastUsed())
	require.ErrorIs(t, f.Prove("ffff-ffff", rules, noon), factors.ErrCodeInvalid)
	require.NoError(t, f.Prove("1111-1111", rules, noon))
}
