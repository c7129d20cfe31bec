package integration

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func processMode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	require.NoError(t, err)
	return info.Mode().Perm()
}

func TestTheFirstStartMakesItsFilesForTheOwnerOnly(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "data")
	p := processStart(t, data, processCheap)
	require.Equal(t, os.FileMode(0o700), processMode(t, data))
	files, err := os.ReadDir(data)
	require.NoError(t, err)
	var names []string
	for _, file := range files {
		names = append(names, file.Name())
		require.Equal(t, os.FileMode(0o600), processMode(t, filepath.Join(data, file.Name())), file.Name())
	}
	require.Contains(t, names, "secret_key")
	require.True(t, slices.ContainsFunc(names, func(name string) bool { return strings.HasSuffix(name, ".sqlite3") }), names)
	p.signal(t, syscall.SIGTERM)
	require.Equal(t, 0, p.wait(t))
}

var processCurl = regexp.MustCompile(`(?m)^  curl (.*)$`)

// processRunCurl does what the printed line would do in a shell.
func (p *process) processRunCurl(t *testing.T, line, key string) (int, string) {
	t.Helper()
	words := regexp.MustCompile(`'[^']*'|\S+`).FindAllString(line, -1)
	form, request := url.Values{}, &http.Request{Method: http.MethodGet, Header: http.Header{}}
	for i, word := range words {
		switch {
		case i == 0:
			target, err := url.Parse(word)
			require.NoError(t, err)
			request.URL = target
		case words[i-1] == "-d":
			name, value, _ := strings.Cut(word, "=")
			form.Add(name, value)
			request.Method = http.MethodPost
		case words[i-1] == "-H":
			name, value, _ := strings.Cut(strings.Trim(word, "'"), ": ")
			request.Header.Set(name, strings.ReplaceAll(value, "<the key that login answered>", key))
		default:
			require.Contains(t, []string{"-d", "-H"}, word)
		}
	}
	if len(form) > 0 {
		request, _ = http.NewRequestWithContext(t.Context(), request.Method, request.URL.String(), strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := p.client.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	text := make([]byte, 4096)
	n, _ := answer.Body.Read(text)
	return answer.StatusCode, string(text[:n])
}

func TestThePrintedLinesWorkAsPrinted(t *testing.T) {
	p := processStart(t, t.TempDir())
	var lines [][]string
	require.Eventually(t, func() bool {
		lines = processCurl.FindAllStringSubmatch(p.out.String(), -1)
		return len(lines) == 3
	}, 5*time.Second, 10*time.Millisecond)
	require.Contains(t, p.out.String(), "Latchkey answers at "+p.url("")+"\n")

	status, answer := p.processRunCurl(t, lines[0][1], "")
	require.Equal(t, http.StatusCreated, status, answer)
	status, answer = p.processRunCurl(t, lines[1][1], "")
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = p.processRunCurl(t, lines[2][1], processKey(answer))
	require.Equal(t, http.StatusOK, status, answer)
	require.Contains(t, answer, `"username":"ada"`)
}

func TestTheOutputHoldsNoSecret(t *testing.T) {
	data := t.TempDir()
	server := startMailServer(t, &mailServer{}, nil, false)
	p := processStart(t, data, processCheap, "LOG_LEVEL=debug", processMailTo(server))
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(t, http.StatusCreated, status, answer)
	require.Eventually(t, func() bool { return len(server.received()) == 1 }, 5*time.Second, 10*time.Millisecond)
	p.signal(t, syscall.SIGTERM)
	require.Equal(t, 0, p.wait(t))

	key, err := os.ReadFile(filepath.Join(data, "secret_key"))
	require.NoError(t, err)
	confirmation := regexp.MustCompile(`account-confirm-email/([^/]+)/`).FindStringSubmatch(server.received()[0].raw)
	require.NotNil(t, confirmation)
	output := p.errors.String()
	require.NotEmpty(t, output)
	for name, secret := range map[string]string{
		"signing key": strings.TrimSpace(string(key)), "token": processKey(answer),
		"password": "correct-horse-9", "confirmation key": confirmation[1],
	} {
		require.NotContains(t, output, secret, name)
	}
}

func TestTheOtherCommands(t *testing.T) {
	for name, c := range map[string]struct {
		settings []string
		status   int
		said     string
	}{
		"migrate":         {nil, 0, "The database is up to date.\n"},
		"config":          {[]string{"SECRET_KEY=terribly-secret"}, 0, "SECRET_KEY=[secret]\n"},
		"version":         {nil, 0, "latchkey "},
		"serve":           {[]string{"SESION_LOGIN=no"}, 1, `"LATCHKEY_SESION_LOGIN" is not a setting: did you mean LATCHKEY_SESSION_LOGIN?`},
		"config --config": {nil, 80, "--config"},
	} {
		t.Run(name, func(t *testing.T) {
			command := processCommand(t, append(c.settings, "DATA_DIR="+t.TempDir()), strings.Fields(name)...)
			out, _ := command.CombinedOutput()
			require.Equal(t, c.status, command.ProcessState.ExitCode(), "%s", out)
			require.Contains(t, string(out), c.said)
			require.NotContains(t, string(out), "terribly")
		})
	}
}
