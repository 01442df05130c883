using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Keelson.MethodProfile;

/// <summary>
/// Writes the types of a signature anew, with the references of another module; null for what it does not know.
/// </summary>
internal sealed class SignatureCopy(ReferenceTable references) : ISignatureTypeProvider<byte[]?, object?>
{
    public byte[]? GetPrimitiveType(PrimitiveTypeCode typeCode) => [(byte)typeCode];

    public byte[]? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        Named(DefinedType.NameOf(reader, handle), rawTypeKind);

    public byte[]? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
        Named(NameOf(reader, handle), rawTypeKind);

    public byte[]? GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public byte[]? GetSZArrayType(byte[]? elementType) => Prefixed(SignatureTypeCode.SZArray, elementType);

    public byte[]? GetPointerType(byte[]? elementType) => Prefixed(SignatureTypeCode.Pointer, elementType);

    public byte[]? GetByReferenceType(byte[]? elementType) => Prefixed(SignatureTypeCode.ByReference, elementType);

    public byte[]? GetPinnedType(byte[]? elementType) => Prefixed(SignatureTypeCode.Pinned, elementType);

    public byte[]? GetGenericTypeParameter(object? genericContext, int index) =>
        Numbered(SignatureTypeCode.GenericTypeParameter, index);

    public byte[]? GetGenericMethodParameter(object? genericContext, int index) =>
        Numbered(SignatureTypeCode.GenericMethodParameter, index);

    public byte[]? GetArrayType(byte[]? elementType, ArrayShape shape) => null;

    public byte[]? GetFunctionPointerType(MethodSignature<byte[]?> signature) => null;

    public byte[]? GetGenericInstantiation(byte[]? genericType, ImmutableArray<byte[]?> typeArguments)
    {
        if (genericType is null || typeArguments.Any(static one => one is null))
        {
            return null;
        }

        BlobBuilder blob = new();
        blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        blob.WriteBytes(genericType);
        blob.WriteCompressedInteger(typeArguments.Length);
        foreach (byte[]? one in typeArguments)
        {
            blob.WriteBytes(one!);
        }

        return blob.ToArray();
    }

    public byte[]? GetModifiedType(byte[]? modifier, byte[]? unmodifiedType, bool isRequired)
    {
        if (modifier is null || unmodifiedType is null)
        {
            return null;
        }

        // A modifier is the bare token of its type, without the byte that tells classes from values.
        SignatureTypeCode code = isRequired ? SignatureTypeCode.RequiredModifier : SignatureTypeCode.OptionalModifier;
        return [(byte)code, .. modifier.AsSpan(1), .. unmodifiedType];
    }

    private static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        if (type.ResolutionScope.Kind == HandleKind.TypeReference)
        {
            return NameOf(reader, (TypeReferenceHandle)type.ResolutionScope) + "+" + name;
        }

        string space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : space + "." + name;
    }

    private static byte[]? Prefixed(SignatureTypeCode code, byte[]? type) =>
        type is null ? null : [(byte)code, .. type];

    private static byte[] Numbered(SignatureTypeCode code, int index)
    {
        BlobBuilder blob = new();
        blob.WriteByte((byte)code);
        blob.WriteCompressedInteger(index);
        return blob.ToArray();
    }

    private byte[]? Named(string name, byte kind)
    {
        TypeReferenceHandle type = references.Reference(name);
        if (type.IsNil)
        {
            return null;
        }

        BlobBuilder blob = new();
        blob.WriteByte(kind);
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(type));
        return blob.ToArray();
    }
}
