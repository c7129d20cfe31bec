package recovery_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/application/recovery"
	"latchkey/domain/accounts"
	"latchkey/domain/secret"
	"latchkey/domain/verification"
)

// recipients returns who got a mail, as "name address".
func recipients(mails []ports.Mail) []string {
	var list []string
	for _, mail := range mails {
		list = append(list, mail.Username+" "+string(mail.To))
	}
	return list
}

func TestEveryActiveAccountWithTheAddressGetsAMailToItsOwnSpelling(t *testing.T) {
	tests := map[string]struct {
		change func(*recovery.Options)
		want   []string
	}{
		"allauth writes lower case to everybody who has it": {nil, []string{"own both@example.com", "row both@example.com", "nopass both@example.com"}},
		"Django writes to the account's own spelling of it": {plain, []string{"own Both@Example.com"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			w.add(t, "own", "Both@Example.com")
			w.address(t, w.add(t, "row", "other@example.com"), "both@example.com")
			w.set(t, w.add(t, "nopass", "both@example.com"), func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!unusable") })
			w.set(t, w.add(t, "off", "both@example.com"), func(s *accounts.Snapshot) { s.Active = false })
			w.add(t, "stranger", "stranger@example.com")
			require.Equal(t, test.want, recipients(w.request(t, "BOTH@example.COM")))
			require.Empty(t, w.request(t, "nobody@example.com"))
		})
	}
}

// The Kelvin sign is "k" in lower case: whoever has the mailbox with the sign must
// not get the link (CVE-2019-19844).
func TestAMailNeverGoesToWhatAStrangerTyped(t *testing.T) {
	for _, change := range []func(*recovery.Options){nil, plain} {
		w := newWorld(t, change)
		w.add(t, "kim", "kim@example.com")
		require.Equal(t, []string{"kim kim@example.com"}, recipients(w.request(t, "\u212aim@example.com")))
	}
}

func TestTheMailHoldsALinkThatIsGood(t *testing.T) {
	for name, change := range map[string]func(*recovery.Options){"allauth": nil, "plain": plain} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			ann := w.add(t, "ann", "ann@example.com")
			mails := w.request(t, "ann@example.com")
			require.Len(t, mails, 1)
			require.Equal(t, ports.MailResetPassword, mails[0].Template)
			require.Equal(t, site, mails[0].Site)
			uid, token := proof(t, mails[0])
			id, err := w.tokens.ParseUID(uid)
			require.NoError(t, err)
			require.Equal(t, ann.ID(), id)
			require.NoError(t, w.CheckLink(w.ctx, uid, token))
			require.NoError(t, w.CheckLink(w.ctx, uid, token), "looking uses nothing up")
		})
	}
}

func TestAnAccountsOwnAddressGetsARowWithItsFirstLinkAsInAllauth(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*recovery.Options)
		rows   int
	}{"allauth": {nil, 1}, "plain": {plain, 0}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			ann := w.add(t, "ann", "Ann@example.com")
			for range 2 {
				w.request(t, "ann@example.com")
				rows, err := w.addresses.Of(w.ctx, ann.ID())
				require.NoError(t, err)
				require.Len(t, rows, test.rows)
				for _, row := range rows {
					require.Equal(t, accounts.Email("ann@example.com"), row.Email())
					require.False(t, row.Verified() || row.Primary(), "a link that was sent proves nothing yet")
				}
			}
		})
	}
}

// once is a table of allauth before 0.58: every address is in it once, proved or not.
type once struct{ ports.Addresses }

func (o once) Add(ctx context.Context, address *accounts.Address) error {
	same, err := o.ByEmail(ctx, address.Email())
	if err != nil || len(same) > 0 {
		return errors.Join(err, verification.ErrVerifiedElsewhere)
	}
	return o.Addresses.Add(ctx, address)
}

func TestWhereTheTableHoldsAnAddressOnceAClaimKeepsNobodyFromAReset(t *testing.T) {
	w := newWorld(t, nil)
	w.Addresses = once{w.addresses}
	ann, squatter := w.add(t, "ann", "ann@example.com"), w.add(t, "squatter", "")
	require.NoError(t, w.Addresses.Add(w.ctx, accounts.NewAddress(squatter.ID(), "ann@example.com", true)))
	require.Contains(t, recipients(w.request(t, "ann@example.com")), "ann ann@example.com")
	rows, err := w.addresses.Of(w.ctx, ann.ID())
	require.NoError(t, err)
	require.Empty(t, rows)
}

func TestTheLinkMayHoldTheDomainOfTheSite(t *testing.T) {
	w := newWorld(t, func(o *recovery.Options) { o.ConfirmURL = "https://{domain}/{uid}" })
	w.add(t, "ann", "ann@example.com")
	require.NoError(t, w.RequestReset(w.ctx, "ann@example.com"))
	require.NoError(t, w.handle(t, w.claim(t)[0]))
	require.NoError(t, w.handle(t, w.claim(t)[0]))
	require.Contains(t, w.mailbox.Mails()[0].Link, "https://site.example.com/")
}

// The answer is given before anything is looked up.
func TestARequestNotesTheSameForEveryAddress(t *testing.T) {
	for _, email := range []string{"ann@example.com", "nobody@example.com"} {
		w := newWorld(t, nil)
		w.add(t, "ann", "ann@example.com")
		require.NoError(t, w.RequestReset(w.ctx, email))
		claimed := w.claim(t)
		require.Len(t, claimed, 1)
		require.Equal(t, map[string]string{"email": email}, claimed[0].Payload)
		w.outbox.fail = errDown
		require.ErrorIs(t, w.RequestReset(w.ctx, email), errDown)
	}
}

func TestAnAccountThatChangedSinceTheRequestGetsNoMail(t *testing.T) {
	tests := map[string]struct {
		change func(*recovery.Options)
		since  func(*accounts.Snapshot)
	}{
		"disabled":                 {nil, func(s *accounts.Snapshot) { s.Active = false }},
		"gave the address up":      {nil, func(s *accounts.Snapshot) { s.Email = "new@example.com" }},
		"plain: lost its password": {plain, func(s *accounts.Snapshot) { s.PasswordHash = secret.New("!") }},
		"plain: moved":             {plain, func(s *accounts.Snapshot) { s.Email = "new@example.com" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.change)
			ann := w.add(t, "ann", "ann@example.com")
			if test.change != nil {
				w.address(t, ann, "ann@example.com")
			}
			require.NoError(t, w.RequestReset(w.ctx, "ann@example.com"))
			require.NoError(t, w.handle(t, w.claim(t)[0]))
			w.set(t, ann, test.since)
			links := w.claim(t)
			require.Len(t, links, 1)
			require.NoError(t, w.handle(t, links[0]))
			require.Empty(t, w.mailbox.Mails())
		})
	}
}

func TestALinkMessageThatIsHandledTwiceGivesTwoGoodLinks(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	require.NoError(t, w.RequestReset(w.ctx, "ann@example.com"))
	require.NoError(t, w.handle(t, w.claim(t)[0]))
	link := w.claim(t)[0]
	require.NoError(t, w.handle(t, link))
	require.NoError(t, w.handle(t, link))
	for _, mail := range w.mailbox.Mails() {
		uid, token := proof(t, mail)
		require.NoError(t, w.CheckLink(w.ctx, uid, token))
	}
	require.NoError(t, w.confirm(t, w.mailbox.Mails()[0], newText))
	require.Error(t, w.confirm(t, w.mailbox.Mails()[1], newText))
}

// One message an account: a mail that fails is tried again without the others.
func TestARequestBecomesOneMessageForEachAccount(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "both@example.com")
	w.add(t, "bob", "both@example.com")
	require.NoError(t, w.RequestReset(w.ctx, "both@example.com"))
	request := w.claim(t)[0]
	w.outbox.fail = errDown
	require.ErrorIs(t, w.handle(t, request), errDown)
	w.outbox.fail = nil
	require.NoError(t, w.handle(t, request))
	require.Len(t, w.claim(t), 2)
}

func TestFailuresOfAHandlerAreReturnedSoThatItIsCalledAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.add(t, "ann", "ann@example.com")
	require.NoError(t, w.RequestReset(w.ctx, "ann@example.com"))
	require.NoError(t, w.handle(t, w.claim(t)[0]))
	link := w.claim(t)[0]
	broken := link
	broken.Payload = map[string]string{"account": "?"}
	require.Error(t, w.handle(t, broken))
	broken.Payload = map[string]string{"account": "404"}
	require.NoError(t, w.handle(t, broken), "deleted meanwhile: there is nobody to write to")

	w.Sites = noSites{}
	require.ErrorIs(t, w.handle(t, link), errDown)
	w.Accounts = failing{w.accounts}
	require.ErrorIs(t, w.handle(t, link), errDown)
	link.Topic = "recovery.requested"
	require.ErrorIs(t, w.handle(t, link), errDown)
	require.Empty(t, w.mailbox.Mails())
}

type noSites struct{}

func (noSites) Current(context.Context) (ports.Site, error) { return ports.Site{}, errDown }

// failing cannot read accounts.
type failing struct{ ports.Accounts }

func (failing) ByID(context.Context, accounts.ID) (*accounts.Account, error) { return nil, errDown }

func (failing) ByEmail(context.Context, accounts.Email) ([]*accounts.Account, error) {
	return nil, errDown
}

func TestClaimsNeitherFloodAMailboxNorKeepItsOwnerFromTheMail(t *testing.T) {
	w := newWorld(t, nil)
	for _, letter := range "abcdefghijklmnopqrst" {
		w.add(t, accounts.Username(letter), "both@example.com")
	}
	owner := w.add(t, "owner", "both@example.com")
	address := accounts.RestoreAddress(accounts.AddressSnapshot{Account: owner.ID(), Email: "both@example.com", Verified: true})
	require.NoError(t, w.addresses.Add(w.ctx, address))
	mails := recipients(w.request(t, "both@example.com"))
	require.Len(t, mails, 8)
	require.Contains(t, mails, "owner both@example.com")
}
