package integration

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"latchkey/tests/postgres"
)

// filesOf returns what a server needs to prove that it is localhost, and the file of
// the CA that its clients trust.
func filesOf(t *testing.T) (server map[string][]byte, ca string) {
	t.Helper()
	config, _ := testCA(t, "localhost")
	chain := config.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(chain.PrivateKey)
	require.NoError(t, err)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, inPEM("CERTIFICATE", chain.Certificate[1]), 0o600))
	return map[string][]byte{"server.crt": inPEM("CERTIFICATE", chain.Certificate[0]), "server.key": inPEM("PRIVATE KEY", key)}, ca
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(hostileFreeAddress(t))
	require.NoError(t, err)
	return port
}

func TestPostgresOverTLS(t *testing.T) {
	files, ca := filesOf(t)
	_, strangers := filesOf(t)
	port := freePort(t)
	server := postgres.Start(t, files, "listen_addresses=127.0.0.1", "port="+port,
		"ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key")
	url := func(host, ca string) string {
		return fmt.Sprintf("DATABASE_URL=postgres://latchkey:hunter2@%s:%s/postgres?sslmode=verify-full&sslrootcert=%s", host, port, ca)
	}

	t.Run("a server that proves its name is spoken to, and in no other way", func(t *testing.T) {
		p := processStart(t, t.TempDir(), url("localhost", ca), "SECRET_KEY=long-enough-for-a-test-0123456789-abcdefghijklmnopqrst", processCheap)
		status, answer := p.register("ada", "correct-horse-9")
		require.Equal(t, http.StatusCreated, status, answer)
		require.NotContains(t, p.errors.String(), "warning: DATABASE_URL")
		require.Equal(t, []string{"true"}, server.Column(t, `SELECT DISTINCT ssl::text FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'latchkey'`))
	})
	for name, c := range map[string]struct{ host, ca, want string }{
		"one whose certificate another CA signed is refused": {"localhost", strangers, "certificate signed by unknown authority"},
		"one that goes by another name is refused":           {"127.0.0.1", ca, "cannot validate certificate for 127.0.0.1"},
		"a file that is not there is named":                  {"localhost", "/nowhere/ca.pem", "/nowhere/ca.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			command := processCommand(t, []string{"DATA_DIR=" + t.TempDir(), url(c.host, c.ca)}, "migrate")
			output, err := command.CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(output), c.want)
			require.NotContains(t, string(output), "hunter2")
		})
	}
}

func TestAPostgresWithoutTLSIsRefusedWhereItIsAskedFor(t *testing.T) {
	port := freePort(t)
	postgres.Start(t, nil, "listen_addresses=127.0.0.1", "port="+port)
	for _, mode := range []string{"verify-full", "verify-ca", "require"} {
		command := processCommand(t, []string{"DATA_DIR=" + t.TempDir(), "DATABASE_URL=postgres://latchkey:hunter2@localhost:" + port + "/postgres?sslmode=" + mode}, "migrate")
		output, err := command.CombinedOutput()
		require.Error(t, err, mode)
		require.Contains(t, string(output), "server refused TLS connection")
		require.NotContains(t, string(output), "hunter2")
	}
}
