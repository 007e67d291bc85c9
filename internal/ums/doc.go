// Package ums speaks to the UMS gateway (银联商务): it signs and sends the two
// calls that the program makes, completion and query, and says what an answer
// proves about money.
//
// # One send is one send
//
// Complete makes one round trip, or none. net/http would send a request again by
// itself in three cases; none of them can arise here: there is no GetBody and no
// Idempotency-Key, redirects are not followed, and HTTP/2 is off (client.go).
// That nothing was sent is claimed only where no connection was had
// (httptrace.GotConn was never called); anything later is Unknown.
//
// # What an answer means
//
// classify.go turns an exchange into an Answer: a pure function, over the table
// in rules.go, which reads beside docs/gateway.md §5. Completed needs errCode,
// status, billNo, billDate, mid, order id and amount to agree; a code that is not
// in the table, and a reply that is not one proper JSON object, are Unknown.
//
// # Rate
//
// limiter.go: no more than Rate requests start in any one second, completions,
// queries and token calls together, counted at the wire.
//
// Amounts are money.Fen throughout; times on the wire are Beijing time.
package ums
