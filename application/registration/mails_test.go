package registration_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
	"latchkey/domain/accounts"
)

// claim takes the only message that is due.
func (w *world) claim(t *testing.T) ports.Message {
	t.Helper()
	claimed, err := w.outbox.Claim(w.ctx, w.clock.Now(), 0, 10)
	require.NoError(t, err)
	require.Len(t, claimed, 1)
	return claimed[0]
}

func TestTheConfirmationMailOfARegistration(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Register(w.ctx, in("ann", "Ann@example.com"))
	require.NoError(t, err)
	mails := w.deliver(t)
	require.Len(t, mails, 1)
	id, err := w.keys.Open(key(t, mails[0]), start)
	require.NoError(t, err)
	require.Equal(t, w.rows(t, "ann@example.com")[0].ID(), id)
	mails[0].Link = ""
	require.Equal(t, ports.Mail{
		To: "ann@example.com", Template: ports.MailConfirmSignup, Username: "ann", Site: ports.Site{Name: "Example", Domain: "example.com"},
	}, mails[0])
}

func TestResendWritesToAddressesThatWaitOnly(t *testing.T) {
	tests := map[string]struct {
		email string
		want  int
	}{
		"waiting":                 {"ann@example.com", 1},
		"waiting in another case": {"ANN@Example.com", 1},
		"proved":                  {"bob@example.com", 0},
		"unknown":                 {"nobody@example.com", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			w.add(t, "ann", "ann@example.com", false)
			w.add(t, "bob", "bob@example.com", true)
			require.NoError(t, w.ResendEmail(w.ctx, test.email))
			mails := w.deliver(t)
			require.Len(t, mails, test.want)
			for _, mail := range mails {
				require.Equal(t, ports.MailConfirmEmail, mail.Template)
				require.Equal(t, accounts.Email("ann@example.com"), mail.To, "as stored, not as a stranger typed it")
				require.NoError(t, w.VerifyEmail(w.ctx, key(t, mail)))
			}
		})
	}
}

// The answer is given before anything is looked up.
func TestAResendNotesTheSameForEveryAddress(t *testing.T) {
	for _, email := range []string{"ann@example.com", "nobody@example.com"} {
		w := newWorld(t, nil)
		w.add(t, "ann", "ann@example.com", false)
		require.NoError(t, w.ResendEmail(w.ctx, email))
		require.Equal(t, map[string]string{"email": email}, w.claim(t).Payload)
		w.outbox.fail = errDown
		require.ErrorIs(t, w.ResendEmail(w.ctx, email), errDown)
	}
}

func TestAnAddressThatWasProvedMeanwhileGetsNoMail(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	require.NoError(t, w.VerifyEmail(w.ctx, w.keys.Make(w.rows(t, "ann@example.com")[0].ID(), start)))
	require.Empty(t, w.deliver(t))
}

func TestAMessageThatIsHandledTwiceGivesTwoMailsThatProveOnce(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	message := w.claim(t)
	require.NoError(t, w.handle(t, message))
	require.NoError(t, w.handle(t, message))
	mails := w.mailbox.Mails()
	require.Len(t, mails, 2)
	require.Equal(t, mails[0], mails[1])
	require.NoError(t, w.VerifyEmail(w.ctx, key(t, mails[0])))
	require.Error(t, w.VerifyEmail(w.ctx, key(t, mails[1])))
	require.NoError(t, w.handle(t, message))
	require.Len(t, w.mailbox.Mails(), 2, "proved: there is nothing left to do")
}

func TestMessagesAboutWhatIsGoneAreDone(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	message := w.claim(t)
	message.Payload["address"] = "404"
	require.NoError(t, w.handle(t, message))
	w.Accounts = deleted{w.accounts}
	require.NoError(t, w.handle(t, w.claim(t)))
	require.Empty(t, w.mailbox.Mails())
}

// deleted has lost every account.
type deleted struct{ ports.Accounts }

func (deleted) ByID(context.Context, accounts.ID) (*accounts.Account, error) {
	return nil, accounts.ErrNotFound
}

func TestFailuresOfAHandlerAreReturnedSoThatItIsCalledAgain(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.Register(w.ctx, in("ann", "ann@example.com"))
	require.NoError(t, err)
	message := w.claim(t)
	broken := message
	broken.Payload = map[string]string{"address": "?"}
	require.Error(t, w.handle(t, broken))
	w.Sites = noSites{}
	require.ErrorIs(t, w.handle(t, message), errDown)
	w.Accounts = failing{w.accounts}
	require.ErrorIs(t, w.handle(t, message), errDown)
	require.Empty(t, w.mailbox.Mails())
}

type noSites struct{}

func (noSites) Current(context.Context) (ports.Site, error) { return ports.Site{}, errDown }

// failing cannot read accounts.
type failing struct{ ports.Accounts }

func (failing) ByID(context.Context, accounts.ID) (*accounts.Account, error) {
	return nil, errDown
}
