// Package ums speaks to the UMS gateway (银联商务): it signs and sends the two
// calls that the program makes, and says what an answer proves.
package ums
