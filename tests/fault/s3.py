#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An S3 on the loopback device that checks signatures; prints what it has.

    s3.py [FILE...]    serve until standard input ends

The line printed is JSON: url; id and secret of a user; lent, the id, secret and
token of a key that was lent for an hour. The bucket "archive" holds, under each
of KEYS, the key as bytes, and each FILE under its name;
"stores", what is in those that are folders.
"""
import json
import logging
import os
import sys
import urllib.request

import boto3

REGION = "eu-central-1"
KEYS = "a.nc", "d=1/b+c d.nc", "x%3D%y/e?#.nc", "ä@:.nc", "~_-.nc"
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "1000"
os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "2"  # of a page of a list
logging.getLogger("werkzeug").disabled = True

# pylint: disable=wrong-import-position # it reads the variable
from moto.server import ThreadedMotoServer  # noqa: E402


def fill(url):
    """Make bucket, user and role; their keys."""
    where = {"endpoint_url": url, "region_name": REGION,
             "aws_access_key_id": "x", "aws_secret_access_key": "x"}
    s3, iam, sts = (boto3.client(n, **where) for n in ("s3", "iam", "sts"))
    for bucket in ("archive", "stores"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={
            "LocationConstraint": REGION})
    for key in KEYS:
        s3.put_object(Bucket="archive", Key=key, Body=key.encode())
    for path in sys.argv[1:]:
        top = os.path.dirname(os.path.abspath(path))
        for folder, _, names in os.walk(path):
            for name in names:
                file = os.path.join(os.path.abspath(folder), name)
                s3.upload_file(file, "stores", os.path.relpath(file, top))
        if not os.path.isdir(path):
            s3.upload_file(path, "archive", os.path.basename(path))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    named = {"PolicyName": "all", "PolicyDocument": policy}
    iam.create_user(UserName="joe")
    iam.put_user_policy(UserName="joe", **named)
    key = iam.create_access_key(UserName="joe")["AccessKey"]
    role = iam.create_role(RoleName="guest",
                           AssumeRolePolicyDocument=policy)["Role"]
    iam.put_role_policy(RoleName="guest", **named)
    lent = sts.assume_role(RoleArn=role["Arn"],
                           RoleSessionName="visit")["Credentials"]
    return {"url": url, "id": key["AccessKeyId"],
            "secret": key["SecretAccessKey"],
            "lent": [lent[n] for n in ("AccessKeyId", "SecretAccessKey",
                                       "SessionToken")]}


def main():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    known = fill(f"http://{host}:{port}")
    # From here on every request is checked.
    urllib.request.urlopen(urllib.request.Request(
        known["url"] + "/moto-api/reset-auth", b"0",
        {"Content-Type": "text/plain"})).close()
    print(json.dumps(known), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
