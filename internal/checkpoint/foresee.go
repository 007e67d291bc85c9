package checkpoint

import "sync"

// hop is one step of a row's chain: the event, and where it leads from the hash
// that is thought to be the row's last. The statement compares: where the row has
// another, the hash is made from that one (link).
//
// SQLite asks Go for a hash in the middle of a statement, while every other move
// waits: for a row's two usual moves, a fifth of the one writer's time. Whoever
// hands such a move in knows the chain, and makes the hash before.
type hop struct {
	from, to any // []byte, or nil where nothing is foreseen
	event    event
}

func follow(from []byte, e event) hop {
	if from == nil {
		return hop{event: e}
	}
	return hop{from, link(from, e), e}
}

// underway has the last hashes of the rows whose intents were foreseen and whose
// outcomes are yet to come.
type underway struct{ hashes sync.Map } // []byte or nil, by row id

func (u *underway) put(id int64, hash any) { u.hashes.Store(id, hash) }

// take gives a row's, once; nil where there is none.
func (u *underway) take(id int64) []byte {
	hash, _ := u.hashes.LoadAndDelete(id)
	known, _ := hash.([]byte)
	return known
}
