// Package wire replays recorded HTTP scenarios against a running service and
// reports every difference between the recorded and the given answer.
//
// A scenario (testdata/scenarios) is a list of requests with the answers that
// dj-rest-auth 7.1 gave to them. The package knows how to send them byte for byte, how to
// put the database into the state that a scenario starts from, and which parts
// of an answer count. It knows nothing of how the service is built: a [Target]
// says where it listens, what time it has, and where its mail goes.
//
//	for _, finding := range wire.Replay(scenario, target) {
//		t.Error(finding)
//	}
//
// The directives work on the tables by SQL and make the signed values by
// themselves, so that an error in the service's own signing cannot hide.
package wire
