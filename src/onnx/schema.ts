import protobuf from 'protobufjs';
import type { AttributeType } from './model.ts';

/**
 * The messages of onnx.proto3 that we write, and those that we must recognise so that we can refuse them.
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
const schema = `
syntax = "proto3";
package onnx;
message StringStringEntryProto { string key = 1; string value = 2; }
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message TensorProto {
  repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4; repeated int32 int32_data = 5;
  repeated bytes string_data = 6; repeated int64 int64_data = 7; string name = 8; bytes raw_data = 9;
  repeated double double_data = 10; repeated uint64 uint64_data = 11;
  repeated StringStringEntryProto external_data = 13; int32 data_location = 14;
}
message SparseTensorProto { TensorProto values = 1; TensorProto indices = 2; repeated int64 dims = 3; }
message TensorShapeProto {
  message Dimension { oneof value { int64 dim_value = 1; string dim_param = 2; } }
  repeated Dimension dim = 1;
}
message TypeProto {
  message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; }
  Tensor tensor_type = 1;
}
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message AttributeProto {
  string name = 1; float f = 2; int64 i = 3; bytes s = 4; TensorProto t = 5; GraphProto g = 6;
  repeated float floats = 7; repeated int64 ints = 8; repeated bytes strings = 9; repeated TensorProto tensors = 10;
  repeated GraphProto graphs = 11; int32 type = 20; string ref_attr_name = 21;
  SparseTensorProto sparse_tensor = 22; repeated SparseTensorProto sparse_tensors = 23;
}
message NodeProto {
  repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5; string domain = 7;
}
message GraphProto {
  repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  repeated SparseTensorProto sparse_initializer = 15;
}
message FunctionProto { string name = 1; }
message TrainingInfoProto { GraphProto initialization = 1; }
message ModelProto {
  int64 ir_version = 1; string producer_name = 2; string producer_version = 3; GraphProto graph = 7;
  repeated OperatorSetIdProto opset_import = 8; repeated TrainingInfoProto training_info = 20;
  repeated FunctionProto functions = 25;
}`;

export const ModelProto = protobuf.parse(schema, { keepCase: true }).root.lookupType('onnx.ModelProto');

/** The values of TensorProto.DataType that we use. */
export const dataTypes = { float32: 1, int64: 7, bool: 9 } as const;

/** Bytes of one element in `raw_data`; undefined for types that we do not use. */
export function bytesPerElement(dataType: number): number | undefined {
  return new Map<number, number>([
    [dataTypes.float32, 4],
    [dataTypes.int64, 8],
    [dataTypes.bool, 1],
  ]).get(dataType);
}

/** The values of AttributeProto.AttributeType that we use. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const satisfies Readonly<Record<AttributeType, number>>;

/** The versions that we write. ONNX Runtime 1.30 reads these and much older ones. */
export const OPSET = 18;
export const IR_VERSION = 8;
