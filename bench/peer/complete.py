#!/usr/bin/env python3
"""What one would write in an afternoon: read the workbook, send every row from a
thread pool, write a results workbook. Nothing is durable: killed halfway, it has
forgotten what it sent. It is here to be measured against, not to be used.

    complete.py BILLS.xlsx RESULTS.xlsx BASE_URL      (UMS_APP_ID, UMS_APP_KEY)
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import requests
from requests.adapters import HTTPAdapter

APP_ID, APP_KEY = os.environ["UMS_APP_ID"], os.environ["UMS_APP_KEY"]
BEIJING = timezone(timedelta(hours=8))
THREADS = 32


def authorization(body):
    timestamp, nonce = datetime.now(BEIJING).strftime("%Y%m%d%H%M%S"), uuid.uuid4().hex
    text = APP_ID + timestamp + nonce + hashlib.sha256(body).hexdigest()
    signature = base64.b64encode(hmac.new(APP_KEY.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return f'OPEN-BODY-SIG AppId="{APP_ID}",Timestamp="{timestamp}",Nonce="{nonce}",Signature="{signature}"'


def complete(session, base, row):
    body = json.dumps({
        "requestTimestamp": datetime.now(BEIJING).strftime("%Y-%m-%d %H:%M:%S"),
        "mid": row["商户号"], "tid": row["终端号"], "instMid": row["业务类型"],
        "billNo": row["账单号"], "billDate": row["账单日期"],
        "authedOrderId": row["账单号"][:4] + uuid.uuid4().hex[:22],
        "authIdRespCd": row["授权码"],
        "totalAmount": str(int(Decimal(str(row["完成金额(元)"])) * 100)),
        "msgId": row["消息ID"], "srcReserve": row["请求系统预留字段"], "authedDesc": row["备注"],
    }).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": authorization(body)}
    try:
        reply = session.post(base + "/v1/netpay/bills/preauthed", data=body, headers=headers, timeout=60).json()
    except (requests.RequestException, ValueError) as e:
        return {"errCode": "EXCEPTION", "errMsg": str(e)}
    return reply


def main(source, target, base):
    rows = openpyxl.load_workbook(source, read_only=True).worksheets[0].iter_rows(values_only=True)
    head = next(rows)
    bills = [dict(zip(head, row)) for row in rows]
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_connections=THREADS, pool_maxsize=THREADS))
    with ThreadPoolExecutor(THREADS) as pool:
        replies = list(pool.map(lambda row: complete(session, base, row), bills))
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([*head, "状态", "错误说明", "结算日期", "完成金额(元)", "交易参考号"])
    for bill, reply in zip(bills, replies):
        paid = reply.get("authedBillPayment") or {}
        sheet.append([*bill.values(), reply.get("errCode"), reply.get("errMsg"), paid.get("settleDate"),
                      int(paid.get("totalAmount") or 0) / 100, paid.get("paySeqId")])
    book.save(target)
    failed = sum(reply.get("errCode") != "SUCCESS" for reply in replies)
    if failed:
        sys.exit(f"{failed} of {len(replies)} failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
