using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Keelson.MethodProfile;

/// <summary>A type that an assembly of the program defines.</summary>
internal sealed record DefinedType(MetadataReader Reader, TypeDefinitionHandle Handle, string Assembly)
{
    public TypeDefinition Definition => Reader.GetTypeDefinition(Handle);

    public bool IsValueType
    {
        get
        {
            EntityHandle parent = Definition.BaseType;
            (string space, string name) = parent.Kind switch
            {
                HandleKind.TypeReference => Names(Reader.GetTypeReference((TypeReferenceHandle)parent)),
                HandleKind.TypeDefinition when !parent.IsNil =>
                    Names(Reader.GetTypeDefinition((TypeDefinitionHandle)parent)),
                _ => ("", ""),
            };
            return space == "System" && name is "ValueType" or "Enum" && FullName != "System.Enum";
        }
    }

    /// <summary>The name with its namespace and the types around it: <c>N.Outer+Inner`1</c>.</summary>
    public string FullName => NameOf(Reader, Handle);

    public static string NameOf(MetadataReader reader, TypeDefinitionHandle handle)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        string name = reader.GetString(type.Name);
        if (type.GetDeclaringType() is { IsNil: false } outer)
        {
            return NameOf(reader, outer) + "+" + name;
        }

        string space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : space + "." + name;
    }

    private (string Space, string Name) Names(TypeReference one) =>
        (Reader.GetString(one.Namespace), Reader.GetString(one.Name));

    private (string Space, string Name) Names(TypeDefinition one) =>
        (Reader.GetString(one.Namespace), Reader.GetString(one.Name));
}

/// <summary>The types of all assemblies in a directory by their full names.</summary>
internal sealed class ProgramTypes
{
    private readonly Dictionary<string, DefinedType> _types = new(StringComparer.Ordinal);

    public ProgramTypes(string directory)
    {
        // Assemblies have copies of the framework's helpers under the same names; the framework's are meant most often.
        foreach (string file in Directory.EnumerateFiles(directory, "*.dll")
            .OrderBy(static one => Path.GetFileName(one) != "System.Private.CoreLib.dll")
            .ThenBy(static one => one, StringComparer.Ordinal))
        {
            PEReader image = new(new MemoryStream(File.ReadAllBytes(file)));
            if (!image.HasMetadata || image.GetMetadataReader() is not { IsAssembly: true } reader)
            {
                continue;
            }

            string assembly = reader.GetString(reader.GetAssemblyDefinition().Name);
            foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
            {
                DefinedType type = new(reader, handle, assembly);
                _types.TryAdd(type.FullName, type);
            }
        }
    }

    public DefinedType? Find(string name) => _types.GetValueOrDefault(name);
}
