package intake

import "batchcomplete/internal/batch"

// kept is how many characters are kept of a text that is too long to be right:
// enough to find it by, where whole cells of 32,767 characters would fill the
// checkpoint. No field may be that long.
const kept = 300

// brief cuts a text that is longer than any that could be right.
func brief(s string) string {
	if len(s) <= kept {
		return s
	}
	n := 0
	for i := range s {
		if n++; n > kept {
			return s[:i] + "…"
		}
	}
	return s
}

// briefly cuts what is kept of a bill that is never sent.
func briefly(b batch.Bill) batch.Bill {
	for _, text := range []*string{&b.MID, &b.TID, &b.InstMID, &b.BillNo, &b.BillDate, &b.AuthIDRespCd, &b.AuthedOrderID, &b.MsgID, &b.SrcReserve, &b.AuthedDesc} {
		*text = brief(*text)
	}
	return b
}
