package identities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/accounts"
	"latchkey/domain/identities"
	"latchkey/domain/secret"
)

const address accounts.Email = "alice@example.com"

// claimant is an account with the address as its own; change makes it another one.
func claimant(change func(*accounts.Snapshot), rows ...accounts.AddressSnapshot) identities.Claimant {
	s := accounts.Snapshot{ID: 7, Email: address, Active: true, PasswordHash: secret.New("hash")}
	if change != nil {
		change(&s)
	}
	c := identities.Claimant{Account: accounts.Restore(s)}
	for _, row := range rows {
		c.Addresses = append(c.Addresses, accounts.RestoreAddress(row))
	}
	return c
}

func row(email accounts.Email, verified bool) accounts.AddressSnapshot {
	return accounts.AddressSnapshot{Account: 7, Email: email, Verified: verified}
}

func TestAnIdentityMeetsAnAccountOnlyByTheRules(t *testing.T) {
	verified := identities.Email{Address: "ALICE@example.com", Verified: true}
	unverified := identities.Email{Address: address}
	trusting := identities.LinkingRules{EmailAuthentication: true, Reclaim: true}
	cautious := identities.LinkingRules{EmailAuthentication: true}
	proved := claimant(nil, row(address, true))
	claimed := claimant(nil, row(address, false))
	for name, test := range map[string]struct {
		rules     identities.LinkingRules
		email     identities.Email
		claimants []identities.Claimant
		want      identities.Linking
	}{
		"nobody has the address":                               {identities.LinkingRules{}, verified, nil, identities.LinkNew},
		"no address at all":                                    {identities.LinkingRules{}, identities.Email{}, []identities.Claimant{proved}, identities.LinkNew},
		"addresses may be shared":                              {identities.LinkingRules{SharedEmail: true}, verified, []identities.Claimant{proved}, identities.LinkNew},
		"taken, and nothing more is allowed":                   {identities.LinkingRules{}, verified, []identities.Claimant{proved}, identities.LinkNone},
		"claimed, and nothing more is allowed":                 {identities.LinkingRules{}, verified, []identities.Claimant{claimed}, identities.LinkNone},
		"the provider did not verify":                          {trusting, unverified, []identities.Claimant{proved}, identities.LinkNone},
		"the provider did not verify, and it is only claimed":  {trusting, unverified, []identities.Claimant{claimed}, identities.LinkNone},
		"both verified":                                        {trusting, verified, []identities.Claimant{proved}, identities.LinkJoin},
		"both verified, beside a claim":                        {trusting, verified, []identities.Claimant{claimed, proved}, identities.LinkJoin},
		"a second address, proved":                             {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Email = "other@example.com" }, row("other@example.com", true), row(address, true))}, identities.LinkJoin},
		"claimed":                                              {trusting, verified, []identities.Claimant{claimed}, identities.LinkReclaim},
		"claimed, where tokens outlive their account's owner":  {cautious, verified, []identities.Claimant{claimed}, identities.LinkNone},
		"proved, where tokens outlive their account's owner":   {cautious, verified, []identities.Claimant{proved}, identities.LinkJoin},
		"verified long ago":                                    {trusting, identities.Email{Address: address, Verified: true, Past: true}, []identities.Claimant{proved}, identities.LinkNone},
		"staff, proved":                                        {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Staff = true }, row(address, true))}, identities.LinkNone},
		"a superuser, proved":                                  {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Superuser = true }, row(address, true))}, identities.LinkNone},
		"claimed without a row":                                {trusting, verified, []identities.Claimant{claimant(nil)}, identities.LinkReclaim},
		"claimed by two":                                       {trusting, verified, []identities.Claimant{claimed, claimed}, identities.LinkNone},
		"inactive, proved":                                     {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Active = false }, row(address, true))}, identities.LinkNone},
		"inactive, claimed":                                    {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Active = false })}, identities.LinkNone},
		"a second address of somebody who proved the first":    {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Email = "other@example.com" }, row("other@example.com", true), row(address, false))}, identities.LinkNone},
		"the own address beside another that was proved":       {trusting, verified, []identities.Claimant{claimant(nil, row(address, false), row("other@example.com", true))}, identities.LinkNone},
		"the own address beside another to which mails may go": {trusting, verified, []identities.Claimant{claimant(nil, row(address, false), row("other@example.com", false))}, identities.LinkNone},
		"claimed by staff":                                     {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Staff = true })}, identities.LinkNone},
		"claimed by a superuser":                               {trusting, verified, []identities.Claimant{claimant(func(s *accounts.Snapshot) { s.Superuser = true })}, identities.LinkNone},
	} {
		t.Run(name, func(t *testing.T) {
			got, account, err := test.rules.Judge(test.email, test.claimants)
			require.Equal(t, test.want, got)
			require.Equal(t, test.want == identities.LinkNone, err != nil)
			if err != nil {
				require.ErrorIs(t, err, accounts.ErrEmailTaken)
			}
			require.Equal(t, test.want == identities.LinkJoin || test.want == identities.LinkReclaim, account != nil)
		})
	}
}

func TestTheLastWayInStays(t *testing.T) {
	with := func(hash string) *accounts.Account {
		return accounts.Restore(accounts.Snapshot{PasswordHash: secret.New(hash)})
	}
	at := func(provider string) *identities.Identity {
		return identities.Restore(identities.Snapshot{Key: identities.Key{Provider: provider, Subject: "1"}})
	}
	configured := func(provider string) bool { return provider == "google" }
	for _, test := range []struct {
		hash   string
		others []*identities.Identity
		may    bool
	}{
		{"argon2$x", nil, true},
		{"!x", nil, false},
		{"", nil, false},
		{"!x", []*identities.Identity{at("google")}, true},
		{"!x", []*identities.Identity{at("gone")}, false},
		{"!x", []*identities.Identity{at("gone"), at("google")}, true},
	} {
		err := identities.MayDisconnect(with(test.hash), test.others, configured)
		require.Equal(t, test.may, err == nil, "%+v", test)
		if err != nil {
			require.ErrorIs(t, err, identities.ErrLastWayIn)
		}
	}
}

func TestNamesAreParted(t *testing.T) {
	for _, test := range []struct{ name, first, last, wantFirst, wantLast string }{
		{"Hubert Hub", "", "", "Hubert", "Hub"},
		{"Mary Jane Doe", "", "", "Mary", "Jane Doe"},
		{"Cher", "", "", "Cher", ""},
		{"Alice Book", "Al", "", "Al", "Book"},
		{"", "Al", "B", "Al", "B"},
		{"", strings.Repeat("é", 151), "a\x00b\xff", strings.Repeat("é", 150), "ab"},
	} {
		first, last := identities.Profile{Name: test.name, FirstName: test.first, LastName: test.last}.Names()
		require.Equal(t, []string{test.wantFirst, test.wantLast}, []string{first, last})
	}
}

func TestTheMainAddressIsThePrimaryOne(t *testing.T) {
	first, second := identities.Email{Address: "a@x.example"}, identities.Email{Address: "b@x.example", Primary: true}
	require.Equal(t, second, identities.Profile{Emails: []identities.Email{first, second}}.Main())
	require.Equal(t, first, identities.Profile{Emails: []identities.Email{first}}.Main())
	require.Zero(t, identities.Profile{}.Main())
}

func TestAnIdentityRemembersItsUse(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	profile := identities.Profile{Key: identities.Key{Provider: "google", Subject: "1"}, Extra: []byte(`{"a":1}`)}
	identity := identities.New(7, profile, now)
	identity.Assign(3)
	profile.Extra = []byte(`{"a":2}`)
	identity.Used(profile, now.Add(time.Hour))
	require.Equal(t, identities.Snapshot{
		ID: 3, Account: 7, Key: profile.Key, Extra: []byte(`{"a":2}`), LastLogin: now.Add(time.Hour), Joined: now,
	}, identities.Restore(identity.Snapshot()).Snapshot())
}
