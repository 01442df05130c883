using System.Globalization;
using System.Text;
using System.Text.Json;
using Keelson.Api.Kinds;
using Keelson.Api.Meta.V1;
using Keelson.Machinery.Apply;
using Keelson.Machinery.Patches;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Validation;
using Keelson.Machinery.Wire;
using Keelson.Machinery.Yaml;
using Keelson.Server.Http;

namespace Keelson.Server.Verbs;

/// <summary>Patches objects: JSON patch, merge patch, strategic merge patch, and server-side apply.</summary>
internal sealed class PatchVerb(ObjectWriter writer, FieldOwnership ownership)
{
    private const string Json = "application/json-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string ApplyYaml = "application/apply-patch+yaml";

    [ThreadStatic]
    private static JsonBuffer? buffer;

    /// <summary>True for a media type that the verb reads.</summary>
    public static bool Knows(string? contentType) => TypeOf(contentType) is Json or Merge or Strategic or ApplyYaml;

    /// <summary>True for server-side apply.</summary>
    public static bool IsApply(string? contentType) => TypeOf(contentType) == ApplyYaml;

    /// <summary>
    /// Applies a patch to the stored object; apply also creates. The patch is read when there is an object to apply it
    /// to: that there is none goes before whatever may be wrong with the patch.
    /// </summary>
    public ValueTask<ApiResult<Written>> PatchAsync(
        ApiRequest request, string contentType, byte[] body, CancellationToken cancellationToken)
    {
        bool allowCreate = IsApply(contentType) && request.Subresource.Length == 0;
        Func<IObject?, ApiResult<IObject>> change = Change(request, contentType, body);
        return writer.UpdateAsync(request, old => new(change(old)), retries: true, allowCreate, cancellationToken);
    }

    /// <summary>The change that a patch makes to a record, stored or made for the occasion, such as a scale.</summary>
    public Func<IObject?, ApiResult<IObject>> Change(ApiRequest request, string contentType, byte[] body)
    {
        if (IsApply(contentType))
        {
            ApiResult<AppliedConfig>? config = null;
            return old =>
                (config ??= ReadConfig(body)).TryGet(out AppliedConfig read, out Status? malformed)
                    ? Apply(request, old, read)
                    : malformed;
        }

        string type = TypeOf(contentType)!;
        DecodeReport report = new();
        ApiResult<Tree>? parsed = null;
        return old => (parsed ??= ReadPatch(request, type, body, report)).TryGet(out Tree? patch, out Status? error)
            ? Patch(request, type, old!, patch, report.Findings)
            : error;
    }

    private static string? TypeOf(string? contentType)
    {
        if (contentType is null)
        {
            return null;
        }

        int semicolon = contentType.IndexOf(';', StringComparison.Ordinal);
        return semicolon < 0 ? contentType : contentType[..semicolon].Trim();
    }

    private static ApiResult<Tree> ReadPatch(ApiRequest request, string type, byte[] body, DecodeReport report)
    {
        // Only strategic merge patches are read without the words around the problem.
        string prefix = type == Strategic ? "" : "error decoding patch: ";
        Tree patch;
        try
        {
            DecodeReport duplicates = new();
            patch = TreeReader.Read(body, duplicates);
            foreach (string duplicate in duplicates.Findings)
            {
                report.Add((type == Json ? "json patch " : "") + duplicate);
            }
        }
        catch (Exception exception) when (exception is JsonException or DecodeException)
        {
            return ApiErrors.BadRequest(prefix + GoJsonSyntax.Describe(body));
        }

        if (type == Json)
        {
            return CheckOperations(patch, report) is { } wrong ? wrong : patch;
        }

        return patch is ObjectTree or NullTree
            ? patch is ObjectTree ? patch : new ObjectTree()
            : ApiErrors.BadRequest($"{prefix}json: cannot unmarshal {GoJsonSyntax.TypeName(body)} into Go value of type map[string]interface {{}}");
    }

    private static Status? CheckOperations(Tree patch, DecodeReport report)
    {
        try
        {
            JsonPatch.Check(patch, report.Add);
            return null;
        }
        catch (PatchException exception)
        {
            return ErrorOf(exception);
        }
    }

    /// <summary>A configuration to apply, and what is there twice in its YAML.</summary>
    private readonly record struct AppliedConfig(ObjectTree Tree, IReadOnlyList<string> Duplicates);

    private static ApiResult<AppliedConfig> ReadConfig(byte[] body)
    {
        List<string> duplicates = [];
        try
        {
            byte[] json = YamlReader.ToJson(body, duplicates);
            return TreeReader.Read(json) switch
            {
                ObjectTree config => new AppliedConfig(config, duplicates),
                NullTree => new AppliedConfig(new ObjectTree(), duplicates),
                _ => ApiErrors.BadRequest(
                    $"error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {GoJsonSyntax.TypeName(json)} into Go value of type map[string]interface {{}}"),
            };
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest("error decoding YAML: error converting YAML to JSON: " + exception.Message);
        }
    }

    private static Status? CheckDuplicates(ApiRequest request, IReadOnlyList<string> duplicates)
    {
        if (duplicates.Count > 0 && request.FieldValidation == FieldValidation.Strict)
        {
            return ApiErrors.BadRequest(
                "error strict decoding YAML: error converting YAML to JSON: " + YamlReader.StrictError(duplicates));
        }

        foreach (string finding in request.FieldValidation == FieldValidation.Warn ? duplicates : [])
        {
            request.Warn(finding);
        }

        return null;
    }

    private ApiResult<IObject> Apply(ApiRequest request, IObject? old, AppliedConfig config)
    {
        ApplyResult result = ownership.Apply(request, old, config.Tree);
        switch (result)
        {
            case ApplyResult.Refused { IsBadRequest: true } refused:
                return ApiErrors.BadRequest(refused.Message);
            case ApplyResult.Refused refused:
                return ApiErrors.Unclassified(refused.Message);
            case ApplyResult.Conflicted conflicted:
                return ApiErrors.Make(409, "Conflict", conflicted.Message, StatusDetails.Empty with
                {
                    Causes = conflicted.Conflicts.Select(one => new StatusCause { Reason = FieldConflict.Reason, Message = one.Message, Field = one.Field }).ToArray(),
                });
        }

        ApplyResult.Applied applied = (ApplyResult.Applied)result;
        if (CheckDuplicates(request, config.Duplicates) is { } strict)
        {
            return strict;
        }

        IObject obj;
        try
        {
            obj = Decode(request.Kind, request.Kind, applied.Object, null);
        }
        catch (DecodeException exception)
        {
            return ApiErrors.Unclassified(FieldManager.Inconvertible(config.Tree, exception.TreeMessage));
        }

        if (old is null && obj.Metadata.Uid is { Length: > 0 } uid)
        {
            return ApiErrors.Conflict(
                request.Kind.Info, request.Name, $"uid mismatch: the provided object specified uid {uid}, and no existing object was found");
        }

        return RequestedName.Check(request, obj) is { } mismatch
            ? mismatch
            : ApiResult<IObject>.Of(FieldOwnership.WithEntries(obj, applied.ManagedFields));
    }

    private ApiResult<IObject> Patch(
        ApiRequest request, string type, IObject old, Tree patch, IReadOnlyList<string> duplicates)
    {
        if (duplicates.Count == 0 && PatchNamed(request.Kind, type, old, patch) is { } quick)
        {
            return Owned(request, old, quick);
        }

        Tree patched;
        try
        {
            patched = Merged(request.Kind, type, FieldOwnership.TreeOf(old), patch);
        }
        catch (PatchException exception)
        {
            return ErrorOf(exception);
        }

        if (patched is not ObjectTree tree)
        {
            // Only an operation on the root makes anything else of an object.
            string json = Encoding.UTF8.GetString(patched.ToJson(FieldOrder.Sorted));
            return Invalid(json, ObjectBody.ReadType(Encoding.UTF8.GetBytes(json)) is { Problem: { } wrong }
                ? "couldn't get version/kind; json parse error: " + wrong
                : "not an object");
        }

        // What messages show of the patch.
        string Shown() =>
            type == Strategic ? GoMap.Print(patch) : Encoding.UTF8.GetString(tree.ToJson(FieldOrder.Sorted));

        ApiKind kind = request.Kind;
        if (type != Strategic)
        {
            // The result is decoded as what it says it is; a strategic patch goes straight into the object's type.
            if (!BodyType.TryParse(tree.TextAt("apiVersion"), tree.TextAt("kind"), kind.Info, out BodyType said, out string? problem)
                || (problem = said.Mismatch(kind.Info)) is not null)
            {
                return Invalid(Shown(), problem);
            }

            kind = said.DecodedAs(kind);
        }

        DecodeReport? unknown = request.FieldValidation == FieldValidation.Ignore ? null : new();
        IObject obj;
        try
        {
            obj = Decode(request.Kind, kind, tree, unknown);
        }
        catch (DecodeException exception)
        {
            return Invalid(Shown(), type == Strategic ? exception.TreeMessage : exception.Message);
        }

        List<string> findings = [.. duplicates, .. unknown?.Findings ?? []];
        if (findings.Count > 0 && request.FieldValidation == FieldValidation.Strict)
        {
            return Invalid(Shown(), "strict decoding error: " + string.Join(", ", findings));
        }

        foreach (string finding in request.FieldValidation == FieldValidation.Warn ? findings : [])
        {
            request.Warn(finding);
        }

        return Owned(request, old, obj);
    }

    private ApiResult<IObject> Owned(ApiRequest request, IObject old, IObject obj) =>
        RequestedName.Check(request, obj) is { } mismatch
            ? mismatch
            : ApiResult<IObject>.Of(ownership.OnUpdate(request, old, obj));

    private static Tree Merged(ApiKind kind, string type, ObjectTree document, Tree patch) => type switch
    {
        Json => JsonPatch.Apply(document, patch),
        Merge => MergePatch.Apply(document, patch),
        _ => StrategicMergePatch.Apply(kind.Schema, document, (ObjectTree)patch),
    };

    /// <summary>
    /// The object with only those of its own fields patched and decoded anew that the patch names. Null when that does
    /// not do: the patch takes a field away, says of what kind the object is, has more to it than names, or something
    /// in it is to be told of.
    /// </summary>
    private static IObject? PatchNamed(ApiKind kind, string type, IObject old, Tree patch)
    {
        ulong named = PatchedFields.Of(kind, patch);
        if (named == 0)
        {
            return null;
        }

        JsonBuffer json = buffer ??= new(16 * 1024);
        json.Clear();
        kind.WriteJson(old, json, named);
        ObjectTree document = TreeReader.ReadObject(json.Written);
        try
        {
            if (Merged(kind, type, document, patch) is not ObjectTree patched
                || document.Fields.Any(field => !patched.Contains(field.Key)))
            {
                return null;
            }

            json.Clear();
            patched.WriteJson(json);
            DecodeReport unknown = new();
            IObject obj = kind.DecodeJsonOnto(old, json.Written, unknown);
            return unknown.Findings.Count == 0 ? kind.SetDefaults(obj) : null;
        }
        catch (Exception exception) when (exception is PatchException or DecodeException)
        {
            return null;
        }
    }

    /// <summary>The object that a tree says, read as one of a kind, and defaulted.</summary>
    private static IObject Decode(ApiKind kind, ApiKind said, ObjectTree tree, DecodeReport? report)
    {
        IObject obj = said.SetDefaults(said.DecodeJson(tree.ToJson(), report));
        return said == kind ? obj : kind.FromStored(said.ToStored(obj));
    }

    private static Status Invalid(string patch, string problem)
    {
        FieldErrors errors = new();
        errors.Invalid(FieldPath.Of("patch"), patch, problem);
        return ApiErrors.Invalid("", "", "", errors);
    }

    private static Status ErrorOf(PatchException exception) => exception.Failure switch
    {
        PatchFailure.BadRequest => ApiErrors.BadRequest(exception.Message),
        PatchFailure.TooLarge => ApiErrors.TooLarge(exception.Message),
        PatchFailure.Internal => ApiErrors.Unclassified(exception.Message),
        _ =>
            ApiErrors.Make(
                422, "Invalid", "the server rejected our request due to an error in our request", StatusDetails.Empty),
    };
}

/// <summary>Trees as Go's <c>%v</c> prints maps and slices: <c>map[a:1 b:[x y]]</c>, keys sorted.</summary>
internal static class GoMap
{
    /// <summary>Prints a tree.</summary>
    public static string Print(Tree tree) => tree switch
    {
        ObjectTree map => "map[" + string.Join(' ', map.Fields.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Key + ":" + Print(one.Value))) + "]",
        ListTree list => "[" + string.Join(' ', list.Items.Select(Print)) + "]",
        TextTree text => text.Value,
        IntegerTree number => number.Value.ToString(CultureInfo.InvariantCulture),
        FloatTree number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        BoolTree truth => truth.Value ? "true" : "false",
        _ => "<nil>",
    };
}
