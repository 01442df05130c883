using System.Reflection;
using Keelson.Client.Kubeconfigs;
using Keelson.Machinery.Values;
using Keelson.Store;

namespace Keelson.Style.Tests;

/// <summary>
/// What the libraries offer to others, as text: whoever changes a contract sees it, and so does who reads the change.
/// KEELSON_ACCEPT=1 writes the files anew.
/// </summary>
public sealed class PublicApiTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Keelson.Style.Tests", "Api");
    private static readonly NullabilityInfoContext Nullability = new();

    public static TheoryData<string> Libraries => ["Keelson.Machinery", "Keelson.Store", "Keelson.Client"];

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Contracts_are_as_their_file_says(string library)
    {
        Assembly assembly = new[] { typeof(Quantity), typeof(IStore), typeof(Kubeconfig) }
            .Select(type => type.Assembly).Single(one => one.GetName().Name == library);
        string[] lines = [.. assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal).SelectMany(Describe)];
        string path = Path.Combine(Folder, library + ".txt");
        if (Repository.Accepts)
        {
            File.WriteAllLines(path, lines);
        }

        string[] known = File.ReadAllLines(path);
        string[] changes =
            [.. known.Except(lines).Select(line => "- " + line), .. lines.Except(known).Select(line => "+ " + line)];
        Assert.True(changes.Length == 0, $"{library} (KEELSON_ACCEPT=1 takes it over):\n{string.Join('\n', changes)}");
    }

    private static IEnumerable<string> Describe(Type type)
    {
        string name = Name(type);
        yield return $"{Sort(type)} {name}{Bases(type)}";
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        IEnumerable<string> members = type.GetMembers(Declared).Select(DescribeMember).OfType<string>();
        foreach (string member in members.Distinct().Order(StringComparer.Ordinal))
        {
            yield return $"{name}: {member}";
        }
    }

    private static string Sort(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? "struct"
        : type is { IsAbstract: true, IsSealed: true } ? "static class"
        : type.IsAbstract ? "abstract class"
        : type.IsSealed ? "sealed class"
        : "class";

    private static string Bases(Type type)
    {
        List<Type> bases = [.. type.GetInterfaces().Where(one => one.IsPublic && one.Namespace!.StartsWith("Keelson", StringComparison.Ordinal))];
        if (type.BaseType is { } parent
            && parent != typeof(object)
            && parent.Namespace!.StartsWith("Keelson", StringComparison.Ordinal))
        {
            bases.Add(parent);
        }

        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases.Select(Name).Order(StringComparer.Ordinal));
    }

    private static string? DescribeMember(MemberInfo member) => member switch
    {
        FieldInfo { IsPublic: true, IsLiteral: true } field when !field.DeclaringType!.IsEnum =>
            $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => field.DeclaringType!.IsEnum
            ? $"{field.Name} = {field.GetRawConstantValue()}"
            : $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}",
        ConstructorInfo { IsPublic: true } constructor => $"new({Parameters(constructor)})",
        PropertyInfo property when Visible(property.GetMethod) || Visible(property.SetMethod) =>
            $"{Static((property.GetMethod ?? property.SetMethod)!.IsStatic)}{Name(property.PropertyType)}{Optional(property)} "
            + $"{property.Name} {{ {(Visible(property.GetMethod) ? "get; " : "")}{(Visible(property.SetMethod) ? "set; " : "")}}}",
        MethodInfo { IsSpecialName: false } method when Visible(method) && !method.Name.Contains('<') =>
            $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        MethodInfo { IsPublic: true, IsSpecialName: true } method when method.Name.StartsWith(
            "op_", StringComparison.Ordinal) =>
            $"static {Name(method.ReturnType)} {method.Name}({Parameters(method)})",
        EventInfo found when Visible(found.AddMethod) => $"event {Name(found.EventHandlerType!)} {found.Name}",
        _ => null,
    };

    private static bool Visible(MethodBase? method) =>
        method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Optional(PropertyInfo property) =>
        !property.PropertyType.IsValueType && Nullability.Create(property).ReadState == NullabilityState.Nullable
            ? "?"
            : "";

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string by = parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "";
        Type type = parameter.ParameterType.IsByRef
            ? parameter.ParameterType.GetElementType()!
            : parameter.ParameterType;
        return $"{by}{Name(type)} {parameter.Name}{(parameter.HasDefaultValue ? " = …" : "")}";
    }));

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        string name = type.IsNested ? $"{Name(type.DeclaringType!).Split('<')[0]}.{type.Name}" : type.Name;
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        string plain = tick < 0 ? name : name[..tick];
        return type.IsGenericType ? $"{plain}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : plain;
    }
}
