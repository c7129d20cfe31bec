package fault_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"latchkey/domain/fault"
)

var (
	errTaken = fault.New(fault.Conflict, "taken", "Taken.")
	errShort = fault.New(fault.Invalid, "short", "Too short.").On("password")
)

func TestFaultsAreComparedByCodeAlone(t *testing.T) {
	other := fault.New(fault.Invalid, "taken", "In other words.").On("username")
	require.ErrorIs(t, other, errTaken)
	require.ErrorIs(t, fmt.Errorf("register: %w", other), errTaken)
	require.NotErrorIs(t, errShort, errTaken)
	require.NotErrorIs(t, errTaken, errors.New("Taken."))
	require.NotErrorIs(t, errors.New("Taken."), errTaken)
}

func TestCopiesLeaveTheOriginalAlone(t *testing.T) {
	changed := errTaken.On("username").Saying("Gone.").After(time.Minute)
	require.Equal(t, fault.Fault{
		Kind: fault.Conflict, Code: "taken", Field: "username", Message: "Gone.", Wait: time.Minute,
	}, *changed)
	require.Equal(t, fault.Fault{Kind: fault.Conflict, Code: "taken", Message: "Taken."}, *errTaken)
}

func TestErrorNamesTheField(t *testing.T) {
	require.EqualError(t, errTaken, "Taken.")
	require.EqualError(t, errShort, "password: Too short.")
	require.EqualError(t, fault.List{errTaken, errShort}, "Taken.; password: Too short.")
}

func TestAListIsEveryFaultInIt(t *testing.T) {
	err := fmt.Errorf("register: %w", fault.List{errTaken, errShort})
	require.ErrorIs(t, err, errTaken)
	require.ErrorIs(t, err, errShort)
	require.NotErrorIs(t, err, fault.New(fault.Invalid, "other", ""))
}

func TestAnEmptyListIsNoError(t *testing.T) {
	require.NoError(t, fault.List(nil).Err())
	require.NoError(t, fault.List{}.Err())
	require.Equal(t, fault.List{errTaken}, fault.List{errTaken}.Err())
}

func TestAListMovesToAField(t *testing.T) {
	list := fault.List{errTaken, errShort}
	require.EqualError(t, list.On("new_password2"), "new_password2: Taken.; new_password2: Too short.")
	require.EqualError(t, list, "Taken.; password: Too short.", "the original stays")
	require.Empty(t, fault.List(nil).On("x"))
}

func TestOfFindsRefusalsBehindWrapping(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want fault.List
	}{
		"nil":            {nil, nil},
		"a breakdown":    {errors.New("disk full"), nil},
		"one":            {errTaken, fault.List{errTaken}},
		"one, wrapped":   {fmt.Errorf("a: %w", fmt.Errorf("b: %w", errTaken)), fault.List{errTaken}},
		"a list":         {fault.List{errTaken, errShort}, fault.List{errTaken, errShort}},
		"list, wrapped":  {fmt.Errorf("a: %w", fault.List{errShort, errTaken}), fault.List{errShort, errTaken}},
		"an empty list":  {fault.List{}, fault.List{}},
		"one in a joint": {errors.Join(errors.New("x"), errShort), fault.List{errShort}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fault.Of(c.err)) })
	}
}

func TestKindOfAnythingButARefusalIsInternal(t *testing.T) {
	require.Equal(t, fault.Internal, fault.KindOf(nil))
	require.Equal(t, fault.Internal, fault.KindOf(errors.New("disk full")))
	require.Equal(t, fault.Internal, fault.KindOf(fault.List{}))
	require.Equal(t, fault.Conflict, fault.KindOf(fmt.Errorf("a: %w", errTaken)))
	require.Equal(t, fault.Invalid, fault.KindOf(fmt.Errorf("a: %w", fault.List{errShort, errTaken})), "the first decides")
	require.Zero(t, fault.Internal, "a fault without a kind is no refusal")
}

func TestABreakdownIsNoVerdict(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nil":         {nil, false},
		"a breakdown": {errors.New("disk full"), true},
		"an outage":   {fmt.Errorf("a: %w", fault.New(fault.Unavailable, "down", "Down.")), true},
		"a refusal":   {fmt.Errorf("a: %w", errTaken), false},
		"throttled":   {fault.New(fault.Throttled, "slow", "Slow."), false},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, fault.Failed(c.err)) })
	}
}
