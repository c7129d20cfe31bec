package integration

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// with are the arguments of a question to Django.
type with map[string]any

// djangoProbe is a running testdata/django/probe.py.
type djangoProbe struct {
	questions io.WriteCloser
	answers   *bufio.Reader
	errors    processOutput
}

func djangoProbeStart(t *testing.T, database djangoDatabase) *djangoProbe {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	command := djangoCommand(ctx, t, database, "probe.py")
	p := &djangoProbe{}
	command.Stderr = &p.errors
	in, err := command.StdinPipe()
	require.NoError(t, err)
	out, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	p.questions, p.answers = in, bufio.NewReader(out)
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	return p
}

// exchange asks one question and returns the answer, or Django's refusal.
func (p *djangoProbe) exchange(t *testing.T, do string, arguments with) (answer json.RawMessage, refusal string) {
	t.Helper()
	question, err := json.Marshal(map[string]any{"do": do, "with": arguments})
	require.NoError(t, err)
	_, err = p.questions.Write(append(question, '\n'))
	require.NoError(t, err, "%s", p.errors.String())
	line, err := p.answers.ReadBytes('\n')
	require.NoError(t, err, "%s", p.errors.String())
	var read struct {
		OK    json.RawMessage
		Error string
	}
	require.NoError(t, json.Unmarshal(line, &read))
	return read.OK, read.Error
}

// djangoAsk returns Django's answer, which must be no refusal.
func djangoAsk[T any](t *testing.T, p *djangoProbe, do string, arguments with) T {
	t.Helper()
	answer, refusal := p.exchange(t, do, arguments)
	require.Empty(t, refusal, do)
	var read T
	require.NoError(t, json.Unmarshal(answer, &read), "%s: %s", do, answer)
	return read
}

func (p *djangoProbe) do(t *testing.T, do string, arguments with) {
	t.Helper()
	_ = djangoAsk[any](t, p, do, arguments)
}

func (p *djangoProbe) text(t *testing.T, do string, arguments with) string {
	t.Helper()
	return djangoAsk[string](t, p, do, arguments)
}

func (p *djangoProbe) holds(t *testing.T, do string, arguments with) bool {
	t.Helper()
	return djangoAsk[bool](t, p, do, arguments)
}

func (p *djangoProbe) texts(t *testing.T, do string, arguments with) map[string]string {
	t.Helper()
	return djangoAsk[map[string]string](t, p, do, arguments)
}

// refuses requires a refusal of that class.
func (p *djangoProbe) refuses(t *testing.T, class, do string, arguments with) {
	t.Helper()
	answer, refusal := p.exchange(t, do, arguments)
	require.True(t, strings.HasPrefix(refusal, class+":"), "%s: %s %s", do, answer, refusal)
}

// djangoUser is a row of auth_user as the ORM reads it.
type djangoUser struct {
	ID        int64
	Email     string
	FirstName string `json:"first_name"`
	Active    bool
	LastLogin string `json:"last_login"`
	Usable    bool
	Algorithm string
}

func (p *djangoProbe) user(t *testing.T, name string) djangoUser {
	t.Helper()
	return djangoAsk[djangoUser](t, p, "read_user", with{"username": name})
}
