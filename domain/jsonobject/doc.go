// Package jsonobject takes a JSON object apart, member by member.
//
// Bodies, tokens and sessions are such objects of a few texts, and nearly every
// request brings one. encoding/json builds a map of them by reflection, which costs
// more than checking their signature. It still judges what is JSON here; this package
// only finds where members begin and end.
package jsonobject
