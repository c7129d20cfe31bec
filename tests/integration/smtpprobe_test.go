package integration

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/adapters/smtpmail"
	"latchkey/domain/secret"
)

func probe(t *testing.T, server *mailServer, password string) error {
	t.Helper()
	transport, err := smtpmail.NewSMTP(smtpmail.SMTPConfig{
		Host: "localhost", Port: server.port, TLS: smtpmail.TLSNone, Timeout: 5 * time.Second,
		Username: "user", Password: secret.New(password),
	})
	require.NoError(t, err)
	return transport.Probe(t.Context(), "Latch <noreply@mail.example>")
}

func TestAProbeSignsInAndSendsNothing(t *testing.T) {
	server := startMailServer(t, &mailServer{password: "hunter2"}, nil, false)
	require.NoError(t, probe(t, server, "hunter2"))
	require.Equal(t, []string{"mail.example"}, server.helos)
	require.Empty(t, server.received())
	require.NotContains(t, server.wire.String(), "MAIL FROM")
}

func TestAProbeTellsWhatIsWrongWithoutThePassword(t *testing.T) {
	server := startMailServer(t, &mailServer{password: "hunter2"}, nil, false)
	err := probe(t, server, "wrong-hunter")
	requireFailure(t, err, false)
	require.ErrorContains(t, err, "AUTH")
	require.NotContains(t, err.Error(), "wrong-hunter")
}
