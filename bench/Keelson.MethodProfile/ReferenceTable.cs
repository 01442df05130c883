using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace Keelson.MethodProfile;

/// <summary>References to types and methods of the program, each once.</summary>
internal sealed class ReferenceTable(MetadataBuilder metadata, ProgramTypes types)
{
    private readonly Dictionary<string, AssemblyReferenceHandle> _assemblies = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TypeReferenceHandle> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<BlobHandle, TypeSpecificationHandle> _made = [];
    private readonly Dictionary<(EntityHandle, StringHandle, BlobHandle), MemberReferenceHandle> _members = [];
    private readonly Dictionary<(EntityHandle, BlobHandle), MethodSpecificationHandle> _specifications = [];

    /// <summary>The type that has a method, as it was made; null where a name in it is unknown.</summary>
    public EntityHandle? Parent(TypeName name)
    {
        if (name.Ranks > 0)
        {
            return null;
        }

        if (name.Arguments.Count == 0)
        {
            return Reference(name.Name) is { IsNil: false } type ? type : null;
        }

        BlobBuilder blob = new();
        if (!Encode(blob, name))
        {
            return null;
        }

        BlobHandle handle = metadata.GetOrAddBlob(blob);
        if (!_made.TryGetValue(handle, out TypeSpecificationHandle made))
        {
            _made[handle] = made = metadata.AddTypeSpecification(handle);
        }

        return made;
    }

    /// <summary>A method as it was made; null if it takes another number of parameters, or a name is unknown.</summary>
    public EntityHandle? Method(
        DefinedType type, MethodDefinition definition, EntityHandle parent, CompiledMethod method)
    {
        MethodSignature<byte[]?> signature = definition.DecodeSignature(new SignatureCopy(this), null);
        if (signature.ParameterTypes.Length != method.Parameters
            || signature.ParameterTypes.Append(signature.ReturnType).Any(static one => one is null))
        {
            return null;
        }

        BlobBuilder blob = new();
        blob.WriteByte(signature.Header.RawValue);
        if (signature.Header.IsGeneric)
        {
            blob.WriteCompressedInteger(signature.GenericParameterCount);
        }

        blob.WriteCompressedInteger(signature.ParameterTypes.Length);
        blob.WriteBytes(signature.ReturnType!);
        foreach (byte[]? parameter in signature.ParameterTypes)
        {
            blob.WriteBytes(parameter!);
        }

        StringHandle name = metadata.GetOrAddString(type.Reader.GetString(definition.Name));
        (EntityHandle, StringHandle, BlobHandle) key = (parent, name, metadata.GetOrAddBlob(blob));
        if (!_members.TryGetValue(key, out MemberReferenceHandle member))
        {
            _members[key] = member = metadata.AddMemberReference(parent, name, key.Item3);
        }

        return method.Arguments.Count == 0 ? member : Specification(member, method.Arguments);
    }

    /// <summary>A reference to a type without arguments; nil if the program has none of that name.</summary>
    public TypeReferenceHandle Reference(string name)
    {
        if (_types.TryGetValue(name, out TypeReferenceHandle known))
        {
            return known;
        }

        if (types.Find(name) is not { } type)
        {
            return default;
        }

        int plus = name.LastIndexOf('+');
        int dot = plus < 0 ? name.LastIndexOf('.') : -1;
        EntityHandle scope = plus >= 0 ? Reference(name[..plus]) : Assembly(type.Assembly);
        return _types[name] = metadata.AddTypeReference(
            scope,
            dot < 0 ? default : metadata.GetOrAddString(name[..dot]),
            metadata.GetOrAddString(name[(Math.Max(plus, dot) + 1)..]));
    }

    /// <summary>Is a type of the program passed by value?</summary>
    public bool IsValueType(string name) => types.Find(name)?.IsValueType == true;

    private MethodSpecificationHandle? Specification(MemberReferenceHandle member, IReadOnlyList<TypeName> arguments)
    {
        BlobBuilder blob = new();
        blob.WriteByte((byte)SignatureKind.MethodSpecification);
        blob.WriteCompressedInteger(arguments.Count);
        if (!arguments.All(one => Encode(blob, one)))
        {
            return null;
        }

        (EntityHandle, BlobHandle) key = (member, metadata.GetOrAddBlob(blob));
        if (!_specifications.TryGetValue(key, out MethodSpecificationHandle made))
        {
            _specifications[key] = made = metadata.AddMethodSpecification(member, key.Item2);
        }

        return made;
    }

    private AssemblyReferenceHandle Assembly(string name)
    {
        if (!_assemblies.TryGetValue(name, out AssemblyReferenceHandle handle))
        {
            _assemblies[name] = handle = metadata.AddAssemblyReference(
                metadata.GetOrAddString(name), new Version(0, 0), default, default, default, default);
        }

        return handle;
    }

    private bool Encode(BlobBuilder blob, TypeName name)
    {
        for (int i = 0; i < name.Ranks; i++)
        {
            blob.WriteByte((byte)SignatureTypeCode.SZArray);
        }

        if (Primitive(name.Name) is { } primitive)
        {
            blob.WriteByte((byte)primitive);
            return true;
        }

        TypeReferenceHandle type = Reference(name.Name);
        if (type.IsNil)
        {
            return false;
        }

        if (name.Arguments.Count > 0)
        {
            blob.WriteByte((byte)SignatureTypeCode.GenericTypeInstance);
        }

        blob.WriteByte((byte)(IsValueType(name.Name) ? SignatureTypeKind.ValueType : SignatureTypeKind.Class));
        blob.WriteCompressedInteger(CodedIndex.TypeDefOrRefOrSpec(type));
        if (name.Arguments.Count > 0)
        {
            blob.WriteCompressedInteger(name.Arguments.Count);
        }

        return name.Arguments.All(one => Encode(blob, one));
    }

    /// <summary>The compiler's names; it has one for a char and for an unsigned short.</summary>
    private static PrimitiveTypeCode? Primitive(string name) => name switch
    {
        "bool" => PrimitiveTypeCode.Boolean,
        "byte" => PrimitiveTypeCode.SByte,
        "ubyte" => PrimitiveTypeCode.Byte,
        "short" => PrimitiveTypeCode.Int16,
        "ushort" or "char" => PrimitiveTypeCode.Char,
        "int" => PrimitiveTypeCode.Int32,
        "uint" => PrimitiveTypeCode.UInt32,
        "long" => PrimitiveTypeCode.Int64,
        "ulong" => PrimitiveTypeCode.UInt64,
        "float" => PrimitiveTypeCode.Single,
        "double" => PrimitiveTypeCode.Double,
        "System.String" => PrimitiveTypeCode.String,
        "System.Object" => PrimitiveTypeCode.Object,
        _ => null,
    };
}
