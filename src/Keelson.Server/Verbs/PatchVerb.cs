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

namespace Keelson.Server.Verbs;

/// <summary>Patches objects: JSON patch, merge patch, strategic merge patch, and server-side apply.</summary>
internal sealed class PatchVerb(ObjectWriter writer, FieldOwnership ownership)
{
    private const string Json = "application/json-patch+json";
    private const string Merge = "application/merge-patch+json";
    private const string Strategic = "application/strategic-merge-patch+json";
    private const string ApplyYaml = "application/apply-patch+yaml";

    /// <summary>The media types of patches, as upstream lists them.</summary>
    public const string Accepted = Json + ", " + Merge + ", " + Strategic + ", " + ApplyYaml + ", application/apply-patch+cbor";

    /// <summary>True for a media type that the verb reads.</summary>
    public static bool Knows(string? contentType) => TypeOf(contentType) is Json or Merge or Strategic or ApplyYaml;

    /// <summary>True for server-side apply.</summary>
    public static bool IsApply(string? contentType) => TypeOf(contentType) == ApplyYaml;

    /// <summary>Applies a patch to the stored object; apply also creates.</summary>
    public ValueTask<ApiResult<Written>> PatchAsync(ApiRequest request, string contentType, byte[] body, CancellationToken cancellationToken)
    {
        if (IsApply(contentType))
        {
            ApiResult<ObjectTree> config = ReadConfig(request, body);
            return config.TryGet(out ObjectTree? tree, out Status? malformed)
                ? writer.UpdateAsync(request, old => new(Apply(request, old, tree)), retries: true, allowCreate: request.Subresource.Length == 0, cancellationToken)
                : new(malformed);
        }

        DecodeReport report = new();
        ApiResult<Tree> parsed = ReadPatch(body, report);
        if (!parsed.TryGet(out Tree? patch, out Status? error))
        {
            return new(error);
        }

        string type = TypeOf(contentType)!;
        if (type == Json && CheckOperations(patch) is { } wrong)
        {
            return new(wrong);
        }

        return writer.UpdateAsync(request, old => new(Patch(request, type, old!, patch, body, report)), retries: true, allowCreate: false, cancellationToken);
    }

    /// <summary>Patches a record that is made for the occasion, such as a scale; field ownership is the caller's.</summary>
    public ApiResult<IObject> PatchRecord(ApiRequest request, string contentType, byte[] body, IObject old)
    {
        if (IsApply(contentType))
        {
            return ReadConfig(request, body).TryGet(out ObjectTree? config, out Status? malformed) ? Apply(request, old, config) : malformed;
        }

        DecodeReport report = new();
        return ReadPatch(body, report).TryGet(out Tree? patch, out Status? error)
            ? Patch(request, TypeOf(contentType)!, old, patch, body, report)
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

    private static ApiResult<Tree> ReadPatch(byte[] body, DecodeReport report)
    {
        try
        {
            return TreeReader.Read(body, report);
        }
        catch (Exception exception) when (exception is JsonException or DecodeException)
        {
            return ApiErrors.BadRequest("error decoding patch: " + GoJsonSyntax.Describe(body));
        }
    }

    private static Status? CheckOperations(Tree patch)
    {
        try
        {
            JsonPatch.Check(patch);
            return null;
        }
        catch (PatchException exception)
        {
            return ErrorOf(exception);
        }
    }

    private static ApiResult<ObjectTree> ReadConfig(ApiRequest request, byte[] body)
    {
        List<string> findings = [];
        try
        {
            byte[] json = YamlReader.ToJson(body, findings);
            Tree tree = TreeReader.Read(json);
            if (findings.Count > 0 && request.FieldValidation == FieldValidation.Strict)
            {
                return ApiErrors.BadRequest("error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  " + string.Join("\n  ", findings));
            }

            foreach (string finding in request.FieldValidation == FieldValidation.Warn ? findings : [])
            {
                request.Warn(finding);
            }

            return tree switch
            {
                ObjectTree config => config,
                NullTree => new ObjectTree(),
                _ => ApiErrors.BadRequest(
                    $"error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {GoJsonSyntax.TypeName(json)} into Go value of type map[string]interface {{}}"),
            };
        }
        catch (DecodeException exception)
        {
            return ApiErrors.BadRequest("error decoding YAML: error converting YAML to JSON: " + exception.Message);
        }
    }

    private ApiResult<IObject> Apply(ApiRequest request, IObject? old, ObjectTree config)
    {
        ApplyResult result = ownership.Apply(request, old, config);
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
        if (!Decode(request, applied.Object, null).TryGet(out IObject? obj, out Status? error))
        {
            return error;
        }

        return NameMismatch(request, obj) is { } mismatch
            ? mismatch
            : ApiResult<IObject>.Of(FieldOwnership.WithEntries(obj, applied.ManagedFields));
    }

    private ApiResult<IObject> Patch(ApiRequest request, string type, IObject old, Tree patch, byte[] body, DecodeReport report)
    {
        ObjectTree document = FieldOwnership.TreeOf(old);
        Tree patched;
        try
        {
            patched = type switch
            {
                Json => JsonPatch.Apply(document, patch),
                Merge => MergePatch.Apply(document, patch),
                _ => patch is ObjectTree changes
                    ? StrategicMergePatch.Apply(request.Kind.Schema, document, changes)
                    : throw new PatchException(PatchFailure.BadRequest, $"error decoding patch: json: cannot unmarshal {GoJsonSyntax.TypeName(body)} into Go value of type map[string]interface {{}}"),
            };
        }
        catch (PatchException exception)
        {
            return ErrorOf(exception);
        }

        if (patched is not ObjectTree tree)
        {
            return ErrorOf(new PatchException(PatchFailure.Unprocessable, "not an object"));
        }

        string shown = type == Strategic ? GoMap.Print(patch) : Encoding.UTF8.GetString(type == Merge ? tree.ToJson() : body);
        if (tree.TextAt("kind") != request.Kind.Info.Kind || tree.TextAt("apiVersion") != request.Kind.Info.ApiVersion)
        {
            return Invalid(shown, "the kind of the object can't be changed");
        }

        DecodeReport? unknown = request.FieldValidation == FieldValidation.Ignore ? null : new();
        ApiResult<IObject> decoded = Decode(request, tree, unknown, shown);
        if (!decoded.TryGet(out IObject? obj, out Status? error))
        {
            return error;
        }

        List<string> findings = [.. report.Findings, .. unknown?.Findings ?? []];
        if (findings.Count > 0 && request.FieldValidation == FieldValidation.Strict)
        {
            return Invalid(shown, "strict decoding error: " + string.Join(", ", findings));
        }

        foreach (string finding in request.FieldValidation == FieldValidation.Warn ? findings : [])
        {
            request.Warn(finding);
        }

        return NameMismatch(request, obj) is { } mismatch
            ? mismatch
            : ApiResult<IObject>.Of(ownership.OnUpdate(request, old, obj));
    }

    private static ApiResult<IObject> Decode(ApiRequest request, ObjectTree tree, DecodeReport? report, string? shown = null)
    {
        try
        {
            return ApiResult<IObject>.Of(request.Kind.SetDefaults(request.Kind.DecodeJson(tree.ToJson(), report)));
        }
        catch (DecodeException exception)
        {
            return shown is null ? ApiErrors.BadRequest(exception.Message) : Invalid(shown, exception.Message);
        }
    }

    private static Status? NameMismatch(ApiRequest request, IObject obj)
    {
        if (obj.Metadata.Name.Length == 0)
        {
            return ApiErrors.BadRequest($"the name of the object ({request.Name} based on URL) was undeterminable: name must be provided");
        }

        return obj.Metadata.Name == request.Name
            ? null
            : ApiErrors.BadRequest($"the name of the object ({obj.Metadata.Name}) does not match the name on the URL ({request.Name})");
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
        _ => ApiErrors.Make(422, "Invalid", "the server rejected our request due to an error in our request", StatusDetails.Empty),
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
