"""How many objects boto3 sees below a prefix, set up as 'lakehouse local connect s3' prints it."""

import sys

import boto3

bucket, prefix = sys.argv[1:]
print(boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["KeyCount"])
