using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Keelson.MethodProfile;

/// <summary>
/// Writes a profile for the ahead-of-time compiler: an assembly whose global method AssemblyDictionary names, for each
/// assembly of the program, a method whose code loads the tokens of what was called, with a weight each.
/// </summary>
/// <remarks>The format is that of the runtime's dotnet-pgo (MIbcProfileParser).</remarks>
internal sealed class ProfileWriter(ProgramTypes types)
{
    /// <summary>What lies first and behind it in the compiled image.</summary>
    private const int HotWeight = 1000;
    private const int WarmWeight = 100;

    private readonly MetadataBuilder _metadata = new();
    private readonly SortedDictionary<string, InstructionEncoder> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<EntityHandle> _known = [];
    private ReferenceTable? _table;

    public int Count => _known.Count;

    private ReferenceTable References => _table ??= new ReferenceTable(_metadata, types);

    /// <summary>Adds the methods of a name: overloads with as many parameters are told apart by nothing else.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Add(CompiledMethod method, bool isHot)
    {
        if (types.Find(method.Type.Name) is not { } type || References.Parent(method.Type) is not { } parent)
        {
            return false;
        }

        bool isAdded = false;
        foreach (MethodDefinitionHandle handle in type.Definition.GetMethods())
        {
            MethodDefinition definition = type.Reader.GetMethodDefinition(handle);
            if (type.Reader.StringComparer.Equals(definition.Name, method.Name)
                && definition.GetGenericParameters().Count == method.Arguments.Count
                && References.Method(type, definition, parent, method) is { } token
                && _known.Add(token))
            {
                Add(type.Assembly, token, isHot ? HotWeight : WarmWeight);
                isAdded = true;
            }
        }

        return isAdded;
    }

    public byte[] ToImage()
    {
        BlobBuilder code = new();
        MethodBodyStreamEncoder bodies = new(code);
        BlobBuilder signature = new();
        new BlobEncoder(signature).MethodSignature().Parameters(0, static result => result.Void(), static _ => { });
        BlobHandle nothing = _metadata.GetOrAddBlob(signature);

        InstructionEncoder dictionary = new(new BlobBuilder());
        foreach ((string assembly, InstructionEncoder group) in _groups)
        {
            MethodDefinitionHandle method = Global("Assemblies_" + assembly, group, bodies, nothing);
            dictionary.LoadString(_metadata.GetOrAddUserString(assembly + ";"));
            dictionary.OpCode(ILOpCode.Ldtoken);
            dictionary.Token(method);
            dictionary.OpCode(ILOpCode.Pop);
        }

        Global("AssemblyDictionary", dictionary, bodies, nothing);
        _metadata.AddModule(0, _metadata.GetOrAddString("keelson.mibc"), default, default, default);
        _metadata.AddAssembly(
            _metadata.GetOrAddString("keelson.mibc"), new Version(1, 0), default, default, default, default);
        _metadata.AddTypeDefinition(
            default, default, _metadata.GetOrAddString("<Module>"), default,
            MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        BlobBuilder image = new();
        new ManagedPEBuilder(
            PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(_metadata), code,
            deterministicIdProvider: static _ => new BlobContentId(new Guid(1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]), 1))
            .Serialize(image);
        return image.ToArray();
    }

    private void Add(string assembly, EntityHandle method, int weight)
    {
        if (!_groups.TryGetValue(assembly, out InstructionEncoder il))
        {
            _groups[assembly] = il = new InstructionEncoder(new BlobBuilder());
        }

        il.OpCode(ILOpCode.Ldtoken);
        il.Token(method);
        il.LoadString(_metadata.GetOrAddUserString("ExclusiveWeight"));
        il.LoadConstantI4(weight);
        il.OpCode(ILOpCode.Pop);
    }

    private MethodDefinitionHandle Global(
        string name, InstructionEncoder il, MethodBodyStreamEncoder bodies, BlobHandle signature)
    {
        il.OpCode(ILOpCode.Ret);
        return _metadata.AddMethodDefinition(
            MethodAttributes.Public | MethodAttributes.Static,
            MethodImplAttributes.IL,
            _metadata.GetOrAddString(name),
            signature,
            bodies.AddMethodBody(il, maxStack: 8),
            MetadataTokens.ParameterHandle(1));
    }
}
