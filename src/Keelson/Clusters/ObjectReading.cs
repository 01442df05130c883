using System.Globalization;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Values;

namespace Keelson.Clusters;

/// <summary>Looking into objects whose kind need not be known.</summary>
internal static class ObjectReading
{
    /// <summary>What is at a path of field names; null when nothing is.</summary>
    public static Tree? At(this ObjectTree tree, params ReadOnlySpan<string> path)
    {
        Tree? at = tree;
        foreach (string name in path)
        {
            at = (at as ObjectTree)?[name];
        }

        return at is NullTree ? null : at;
    }

    /// <summary>The object at a path; null when there is none.</summary>
    public static ObjectTree? Node(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) as ObjectTree;

    /// <summary>The objects of the list at a path.</summary>
    public static IReadOnlyList<ObjectTree> Objects(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is ListTree list ? [.. list.Items.OfType<ObjectTree>()] : [];

    /// <summary>The texts of the list at a path.</summary>
    public static IReadOnlyList<string> Texts(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is ListTree list ? [.. list.Items.OfType<TextTree>().Select(text => text.Value)] : [];

    /// <summary>Names and texts at a path, by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(
        this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is ObjectTree node
            ?
            [
                .. node.Fields.OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => KeyValuePair.Create(field.Key, GoTree.Verb(field.Value))),
            ]
            : [];

    /// <summary>The whole number at a path; null when there is none.</summary>
    public static long? Number(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is IntegerTree number ? number.Value : null;

    /// <summary>Whether <c>true</c> is at a path.</summary>
    public static bool Truth(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is BoolTree { Value: true };

    /// <summary>The scalar at a path as text, empty when there is none.</summary>
    public static string Scalar(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is { } value ? GoTree.Verb(value) : "";

    /// <summary>The instant at a path; null when there is none.</summary>
    public static DateTimeOffset? Instant(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is TextTree text
        && DateTimeOffset.TryParse(
            text.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    /// <summary>The quantity at a path; null when there is none.</summary>
    public static Quantity? Amount(this ObjectTree tree, params ReadOnlySpan<string> path) =>
        tree.At(path) is { } value && Quantity.TryParse(GoTree.Verb(value), out Quantity amount, out _) ? amount : null;

    public static string Name(this ObjectTree tree) => tree.TextAt("metadata", "name");

    public static string Namespace(this ObjectTree tree) => tree.TextAt("metadata", "namespace");

    public static string Kind(this ObjectTree tree) => tree.TextAt("kind");

    public static string ApiVersion(this ObjectTree tree) => tree.TextAt("apiVersion");

    /// <summary>The controller that an object belongs to; null for none.</summary>
    public static ObjectTree? Controller(this ObjectTree tree) =>
        tree.Objects("metadata", "ownerReferences").FirstOrDefault(one => one.Truth("controller"));
}
