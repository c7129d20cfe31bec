package delivery

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/application/ports"
)

type subscriber struct {
	name    string
	noticed []ports.Event
	err     error
}

func (s *subscriber) Name() string { return s.name }

func (s *subscriber) Notice(_ context.Context, event ports.Event) error {
	s.noticed = append(s.noticed, event)
	return s.err
}

func TestEverySubscriberGetsAMessageOfItsOwn(t *testing.T) {
	audit, broken := &subscriber{name: "audit"}, &subscriber{name: "broken", err: errors.New("no")}
	all := []ports.Subscriber{broken, audit}
	box := newOutbox()
	recorder, err := NewRecorder(box, all)
	require.NoError(t, err)
	event := ports.Event{Name: ports.EventSignedIn, Account: 7, At: time.Date(2026, 5, 6, 7, 8, 9, 123456000, time.UTC)}
	require.NoError(t, recorder.Record(t.Context(), event))
	require.Equal(t, "event.audit", box.messages[1].Topic)
	require.Equal(t, "event.broken", box.messages[2].Topic)
	require.Equal(t, event.At, box.due[1])

	worker, _ := newTestWorker(t, box, Options{}, SubscriberHandlers(all)...)
	_, err = worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, []ports.Event{event}, audit.noticed)
	require.Equal(t, []ports.Event{event}, broken.noticed)
	require.Equal(t, map[int64]string{2: "no"}, box.reasons)
	require.Equal(t, 1, box.left())
}

func TestWithoutSubscribersNothingIsWritten(t *testing.T) {
	recorder, err := NewRecorder(nil, nil) // any write would panic
	require.NoError(t, err)
	require.NoError(t, recorder.Record(t.Context(), ports.Event{Name: ports.EventSignedIn}))
	require.True(t, recorder.Unheard())
	heard, err := NewRecorder(nil, []ports.Subscriber{&subscriber{name: "a"}})
	require.NoError(t, err)
	require.False(t, heard.Unheard())
}

func TestSubscribersNeedNamesOfTheirOwn(t *testing.T) {
	for name, all := range map[string][]ports.Subscriber{
		"twice": {&subscriber{name: "a"}, &subscriber{name: "b"}, &subscriber{name: "a"}},
		"empty": {&subscriber{name: "a"}, &subscriber{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewRecorder(newOutbox(), all)
			require.Error(t, err)
		})
	}
}

func TestAMessageThatHoldsNoEventIsBuried(t *testing.T) {
	box := newOutbox("event.audit")
	audit := &subscriber{name: "audit"}
	worker, _ := newTestWorker(t, box, Options{}, SubscriberHandlers([]ports.Subscriber{audit})...)
	_, err := worker.DeliverDue(t.Context())
	require.NoError(t, err)
	require.Len(t, box.buried, 1)
	require.Empty(t, audit.noticed)
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add("account.registered", "1", "2026-01-02T03:04:05.000006Z")
	f.Add("", "-1", "yesterday")
	f.Fuzz(func(t *testing.T, name, account, at string) {
		event, err := decodeEvent(map[string]string{"name": name, "account": account, "at": at})
		if err != nil {
			return
		}
		again, err := decodeEvent(encodeEvent(event))
		require.NoError(t, err)
		require.Equal(t, event, again)
	})
}
