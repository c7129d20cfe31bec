package integration

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// faultMail is a proxy to one of two mail servers, of which the one behaves.
type faultMail struct {
	*faultProxy
	good, bad *mailServer
	badly     atomic.Bool
}

func faultMailOf(t *testing.T, refuse map[string]error) *faultMail {
	t.Helper()
	m := &faultMail{
		good: startMailServer(t, &mailServer{}, nil, false),
		bad:  startMailServer(t, &mailServer{refuse: refuse}, nil, false),
	}
	m.faultProxy = faultProxyTo(t, func() (net.Conn, error) {
		port := m.good.port
		if m.badly.Load() {
			port = m.bad.port
		}
		return new(net.Dialer).DialContext(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	})
	return m
}

// endOfMail is what a client sends when it has sent a whole mail.
const endOfMail = "\r\n.\r\n"

// smtpReply is what a server says for each command that it refuses.
func smtpReply(code int) map[string]error {
	return map[string]error{
		"RCPT": &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "not now"},
	}
}

func TestABrokenMailServerDelaysNoAnswerAndLosesNoMail(t *testing.T) {
	for name, c := range map[string]struct {
		refuse    map[string]error
		hit, mend func(t *testing.T, m *faultMail)
		mails     int
	}{
		"nobody listens": {
			nil, func(_ *testing.T, m *faultMail) { m.faultProxy.refuse() }, func(t *testing.T, m *faultMail) { m.accept(t) }, 1,
		},
		"it hangs": {
			nil, func(_ *testing.T, m *faultMail) { m.set(faultHang) }, func(_ *testing.T, m *faultMail) { m.set(faultNone) }, 1,
		},
		"it cannot at the moment": {
			smtpReply(451), func(_ *testing.T, m *faultMail) { m.badly.Store(true) }, func(_ *testing.T, m *faultMail) { m.badly.Store(false) }, 1,
		},
		"it hangs up before it has the mail": {
			nil, func(_ *testing.T, m *faultMail) { m.cutOnce(endOfMail, faultCutBefore) }, func(*testing.T, *faultMail) {}, 1,
		},
		// Nobody can know that it was taken, and a mail is sent at least once.
		"it hangs up after it took the mail": {
			nil, func(_ *testing.T, m *faultMail) { m.cutOnce(endOfMail, faultCutAfter) }, func(*testing.T, *faultMail) {}, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, data := faultMailOf(t, c.refuse), t.TempDir()
			p := processStart(t, data, append(slices.Clone(faultSettings), "EMAIL_URL=smtp://"+m.address+"?tls=none")...)
			c.hit(t, m)
			answer := p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", faultAda)
			require.Equal(t, http.StatusCreated, answer.status, answer.body)
			require.Less(t, answer.took, faultBound)
			db := processDatabase(t, data)
			require.Eventually(t, func() bool {
				return len(processTexts(t, db, `SELECT reason FROM latchkey_outbox WHERE reason <> ''`)) == 1
			}, 30*time.Second, 20*time.Millisecond, "the failure is not on record")
			p.requireAlive(t)
			p.requireReady(t)

			c.mend(t, m)
			processLeasesRunOut(t, data)
			require.Eventually(t, func() bool {
				return len(processTexts(t, db, `SELECT topic FROM latchkey_outbox`)) == 0
			}, 30*time.Second, 20*time.Millisecond, "the mail is not sent")
			require.Equal(t, map[string]int{"ada@example.com": c.mails}, processMails(m.good))
			require.Empty(t, m.bad.received())
		})
	}
}

// Whoever it is that the server will never take mail for, it is not asked again, and the
// operator finds out.
func TestAMailThatIsRefusedForGoodIsKeptToBeSeen(t *testing.T) {
	m, data := faultMailOf(t, smtpReply(550)), t.TempDir()
	m.badly.Store(true)
	p := processStart(t, data, append(slices.Clone(faultSettings), "EMAIL_URL=smtp://"+m.address+"?tls=none")...)
	answer := p.ask(http.MethodPost, "/dj-rest-auth/registration/", "", faultAda)
	require.Equal(t, http.StatusCreated, answer.status, answer.body)
	db := processDatabase(t, data)
	require.Eventually(t, func() bool {
		return len(processTexts(t, db, `SELECT reason FROM latchkey_outbox WHERE dead_at IS NOT NULL AND attempts = 1 AND reason LIKE '%550%'`)) == 1
	}, 30*time.Second, 20*time.Millisecond, "the mail is not given up")
	require.Contains(t, p.errors.String(), "a message is given up")
	p.requireReady(t)
	p.requireInEffect(t, processPerson{name: "ada", current: faultAda["password1"]})
}
