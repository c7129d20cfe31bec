package integration

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"latchkey/adapters/inmemory"
	"latchkey/application/ports"
	"latchkey/bootstrap"
	"latchkey/domain/credentials"
	"latchkey/domain/secret"
	"latchkey/tests/kit"
)

// The benchmarks compare the time of two requests that must look alike to a
// stranger, taking turns, and print both medians and their ratio:
//
//	go test -tags nomsgpack -run '^$' -bench . -benchtime 200x ./tests/integration

// timingService is a service with one account, on its default hashes.
func timingService(b *testing.B) *process {
	b.Helper()
	p := processStart(b, b.TempDir(), "RATE_LIMITS=off", processMailTo(timingMailServer(b)))
	status, answer := p.register("ada", "correct-horse-9")
	require.Equal(b, http.StatusCreated, status, answer)
	return p
}

// timingMailServer takes every mail, so that the service works as it would.
func timingMailServer(b *testing.B) *mailServer {
	b.Helper()
	listener, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	require.NoError(b, err)
	taking := &mailServer{port: listener.Addr().(*net.TCPAddr).Port}
	server := smtp.NewServer(smtp.BackendFunc(taking.session))
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	return taking
}

// timingCompare reports the medians of two acts that are done in turns.
func timingCompare(b *testing.B, names [2]string, acts [2]func() (int, string)) {
	b.Helper()
	times, answers := [2][]time.Duration{}, [2]string{}
	for n := 0; b.Loop(); n++ {
		for turn := range 2 {
			i := (n + turn) % 2 // who comes second must not always be the same
			answer, took := processTimed(acts[i])
			times[i], answers[i] = append(times[i], took), answer
		}
	}
	require.Equal(b, answers[0], answers[1])
	first, second := processMedian(times[0]), processMedian(times[1])
	b.ReportMetric(float64(first.Microseconds()), "µs-"+names[0])
	b.ReportMetric(float64(second.Microseconds()), "µs-"+names[1])
	b.ReportMetric(float64(first)/float64(second), "ratio")
}

func BenchmarkLoginUnknownNameAndWrongPassword(b *testing.B) {
	p := timingService(b)
	timingCompare(b, [2]string{"unknown", "wrong"}, [2]func() (int, string){
		func() (int, string) { return p.login("bob", "correct-horse-8") },
		func() (int, string) { return p.login("ada", "correct-horse-8") },
	})
}

func BenchmarkResetUnknownAndKnownAddress(b *testing.B) {
	timingOfAddresses(b, "password/reset/")
}

func BenchmarkResendUnknownAndKnownAddress(b *testing.B) {
	timingOfAddresses(b, "registration/resend-email/")
}

func timingOfAddresses(b *testing.B, path string) {
	p := timingService(b)
	post := func(email string) func() (int, string) {
		return func() (int, string) {
			return p.call(http.MethodPost, path, "", map[string]string{"email": email})
		}
	}
	timingCompare(b, [2]string{"unknown", "known"}, [2]func() (int, string){post("bob@example.com"), post("ada@example.com")})
}

// timingHasher counts what it is asked to do.
type timingHasher struct {
	hashes, verifies atomic.Int64
}

func (h *timingHasher) InTurn(ctx context.Context, work func(context.Context) error) error {
	return work(ctx)
}

func (h *timingHasher) Hash(_ context.Context, password credentials.Password) (secret.String, error) {
	h.hashes.Add(1)
	return secret.New("test$" + password.Reveal()), nil
}

func (h *timingHasher) Verify(_ context.Context, hash secret.String, password credentials.Password) (bool, bool, error) {
	h.verifies.Add(1)
	return hash.Reveal() == "test$"+password.Reveal(), false, nil
}

// timingPost sends a form and returns the status.
func timingPost(t *testing.T, service *kit.Service, path, form string) int {
	t.Helper()
	answer, err := service.Client.Post(service.URL+"/dj-rest-auth/"+path, "application/x-www-form-urlencoded", strings.NewReader(form))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	return answer.StatusCode
}

const timingAda = "username=ada&email=ada@example.com&password1=correct-horse-9&password2=correct-horse-9"

func TestAnUnknownNameCostsAsManyHashesAsAWrongPassword(t *testing.T) {
	for _, methods := range []string{"username", "email", "username,email"} {
		t.Run(methods, func(t *testing.T) {
			hasher := &timingHasher{}
			service := kit.App(t, kit.Settings(map[string]string{"ACCOUNT_LOGIN_METHODS": methods, "RATE_LIMITS": "off"}),
				kit.WithFx(bootstrap.Override[ports.PasswordHasher](hasher)))
			require.Equal(t, http.StatusCreated, timingPost(t, service, "registration/", timingAda))
			cost := func(login string) [2]int64 {
				hashes, verifies := hasher.hashes.Load(), hasher.verifies.Load()
				require.Equal(t, http.StatusBadRequest, timingPost(t, service, "login/", login+"&password=correct-horse-8"))
				return [2]int64{hasher.hashes.Load() - hashes, hasher.verifies.Load() - verifies}
			}
			field, domain := "username=", ""
			if methods == "email" {
				field, domain = "email=", "@example.com"
			}
			wrong, unknown := cost(field+"ada"+domain), cost(field+"bob"+domain)
			require.Equal(t, wrong, unknown)
			require.Equal(t, [2]int64{0, 1}, unknown)
		})
	}
}

// timingOutbox keeps count and gives nothing out, so that all it has comes from
// requests.
type timingOutbox struct {
	ports.Outbox
	mu       sync.Mutex
	appended []ports.Message
}

func (o *timingOutbox) Append(_ context.Context, _ time.Time, messages ...ports.Message) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.appended = append(o.appended, messages...)
	return nil
}

func (o *timingOutbox) take() []ports.Message {
	o.mu.Lock()
	defer o.mu.Unlock()
	taken := o.appended
	o.appended = nil
	return taken
}

func TestARequestWritesTheSameForKnownAndUnknownAddresses(t *testing.T) {
	outbox := &timingOutbox{Outbox: inmemory.NewOutbox(inmemory.NewStore())}
	service := kit.App(t, kit.WithFx(bootstrap.Override[ports.Outbox](outbox)))
	require.Equal(t, http.StatusCreated, timingPost(t, service, "registration/", timingAda))
	require.NotEmpty(t, outbox.take())
	for _, path := range []string{"password/reset/", "registration/resend-email/"} {
		t.Run(path, func(t *testing.T) {
			require.Equal(t, http.StatusOK, timingPost(t, service, path, "email=ada@example.com"))
			known := outbox.take()
			require.Equal(t, http.StatusOK, timingPost(t, service, path, "email=bob@example.com"))
			unknown := outbox.take()
			require.Len(t, known, 1)
			require.Len(t, unknown, 1)
			require.Equal(t, known[0].Topic, unknown[0].Topic)
			require.Equal(t, map[string]string{"email": "ada@example.com"}, known[0].Payload)
			require.Equal(t, map[string]string{"email": "bob@example.com"}, unknown[0].Payload)
		})
	}
}
