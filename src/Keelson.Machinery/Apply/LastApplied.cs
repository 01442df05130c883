using System.Text;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Apply;

/// <summary>The annotation in which kubectl's client-side apply keeps what it applied last.</summary>
internal static class LastApplied
{
    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>256 KiB for all annotations together; a configuration that does not fit is left out.</summary>
    private const int TotalAnnotationSizeLimit = 256 * 1024;

    public static bool IsSet(ObjectTree tree) => tree.TextAt("metadata", "annotations", Annotation).Length > 0;

    /// <summary>
    /// The fields that client-side apply set and that still have the value it gave; null when there is no usable
    /// annotation.
    /// </summary>
    public static FieldSet? OwnedBy(ObjectTree live, FieldManagerTarget target)
    {
        string text = live.TextAt("metadata", "annotations", Annotation);
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            if (TreeReader.Read(Encoding.UTF8.GetBytes(text)) is not ObjectTree applied
                || applied.TextAt("apiVersion") != target.ApiVersion
                || TreeValidation.Validate(target.Schema, applied, allowDuplicates: false) is not null)
            {
                return null;
            }

            MergeShape shape = new(target.Schema);
            TreeChanges changes = TreeComparison.Compare(shape, applied, live);
            return TreeFields.Of(shape, applied).Except(changes.Modified).Except(changes.Added).Except(changes.Removed);
        }
        catch (Exception failure) when (failure is DecodeException or TypedValueException)
        {
            return null;
        }
    }

    /// <summary>The object with the annotation holding the configuration, less that very annotation.</summary>
    public static ObjectTree Set(ObjectTree tree, ObjectTree config)
    {
        ObjectTree copy = tree.ShallowClone();
        ObjectTree metadata = ((ObjectTree)tree["metadata"]!).ShallowClone();
        ObjectTree annotations = ((ObjectTree)metadata["annotations"]!).ShallowClone();
        copy["metadata"] = metadata;
        metadata["annotations"] = annotations;

        // Upstream's encoder ends the text with a line break.
        string text = Encoding.UTF8.GetString(WithoutAnnotation(config).ToJson(FieldOrder.Sorted)) + "\n";
        annotations[Annotation] = new TextTree(text);
        if (Size(annotations) > TotalAnnotationSizeLimit)
        {
            annotations.Remove(Annotation);
        }

        return copy;
    }

    private static ObjectTree WithoutAnnotation(ObjectTree config)
    {
        if (config["metadata"] is not ObjectTree metadata || metadata["annotations"] is not ObjectTree annotations)
        {
            return config;
        }

        ObjectTree copy = config.ShallowClone();
        ObjectTree bare = metadata.ShallowClone();
        ObjectTree rest = annotations.ShallowClone();
        rest.Remove(Annotation);
        bare["annotations"] = rest;
        copy["metadata"] = bare;
        return copy;
    }

    private static long Size(ObjectTree annotations)
    {
        long size = 0;
        foreach (KeyValuePair<string, Tree> one in annotations.AsSpan())
        {
            size += Encoding.UTF8.GetByteCount(one.Key)
                + (one.Value is TextTree text ? Encoding.UTF8.GetByteCount(text.Value) : 0);
        }

        return size;
    }
}
