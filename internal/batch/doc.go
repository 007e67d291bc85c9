// Package batch is the domain: a bill's row, the states of its life, the moves
// between them, and the Runner that works rows off. It knows neither SQL nor
// HTTP: the Journal and the Gateway that it needs are interfaces of a few
// methods (ports.go), which *checkpoint.DB and *ums.Client implement.
//
// # A row's life
//
//	pending → sending                  the intent, on disk before the first byte leaves
//	sending → completed                the gateway says so; ids and amount agree
//	        → declined                 definitely refused under this order id
//	        → pending                  proven: nothing was sent, or refused before processing
//	        → unknown                  everything else, and what a crash left
//	unknown → completed, declined, held, unknown       the gateway was asked
//	        → pending                  proven absent; sent again under the SAME order id
//	held    → completed, declined, pending             a person decides
//	declined → pending                 a deliberate retry, under a NEW order id
//	pending → unknown                  the journal may have forgotten a send: it was restored, or lost
//
// invalid and duplicate are given while a file is read, and final.
//
// # Where to read
//
// state.go has the table of permitted moves; decide.go the decisions, as pure
// functions of a row, an answer and a moment; work.go the one place that sends;
// dispatcher.go what is done next, and when to stop; orderid.go why a bill can
// not be completed under two ids by accident.
//
// # Never twice
//
// It rests on four things. A row is sent only after Journal.Intend put the
// attempt on disk and moved the row out of pending, by compare-and-set. What
// became of a row that left pending is learned by asking, and it returns to
// pending only when an answer proves that nothing was executed (decide.go). The
// order id is a function of the bill's identity and generation alone, so that
// even a lost journal sends the same id again, which the gateway refuses. And
// one row has one task at a time, so a query never races a send.
//
// A journal that was restored from a backup, or lost, forgets sends. Where that
// is known (Journal.Distrust: by the checkpoint's anchor, by --verify-first, or
// because an order id that was never sent is used already), every row whose bill
// existed by then is moved to unknown before anything is sent, and goes the way
// of any other doubt: two absences after the settle window, and here no trace
// under the next generations' order ids either (Journal.Suspect, work.go).
package batch
