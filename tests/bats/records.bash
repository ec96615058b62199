# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Loaded after common: records by hand, for the programs between files and
# chunks.

# dataset URL POSITION [JQ]: a dataset of two days of sst and a mask; JQ is an
# expression that changes it.
dataset() {
	jq -nc --arg url "$1" --argjson n "$2" '
		def var($dims; $shape; $dtype):
			{dims:$dims,shape:$shape,dtype:$dtype,
			 endian:"little",attrs:{},attr_dtypes:{},
			 chunk_shape:$shape,codecs:[],
			 refs:{offset:[100],length:[64]}};
		{key:{concat:{time:$n},merge:{}},url:$url,
		 file:{path:("/d/"+$url),size:1000},format:"netcdf4",
		 dims:{time:2,x:3},attrs:{title:"t",history:$url},
		 attr_dtypes:{},
		 vars:{time:(var(["time"];[2];"int64") | .data=[2*$n,2*$n+1]),
		  sst:(var(["time","x"];[2,3];"int16") |
		   .attrs={units:"K",_FillValue:-9} |
		   .attr_dtypes={_FillValue:"int16"}),
		  mask:(var(["x"];[3];"int8") | .digest="00")}} |
		'"${3:-.}"
}

# archive N: N datasets in open.ndjson, their schema in schema.json, and r.yaml.
archive() {
	local n
	for ((n = 0; n < $1; n++)); do dataset "$n.nc" "$n"; done >open.ndjson
	pgf-schema -q open.ndjson >schema.json || return
	cat >r.yaml <<'YAML'
name: toy
title: A toy
target: {chunks: {time: 3}, codecs: []}
YAML
}
