using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>A part of a JSONPath template.</summary>
internal abstract record JsonPathNode;

/// <summary>Text that stands for itself.</summary>
internal sealed record TextNode(string Text) : JsonPathNode;

/// <summary>A value of its own: a number or a quoted text.</summary>
internal sealed record ValueNode(Tree Value) : JsonPathNode;

/// <summary>Steps from the current object, or from the whole.</summary>
internal sealed record PathNode(bool IsFromRoot, IReadOnlyList<PathStep> Steps) : JsonPathNode;

/// <summary><c>{range …} … {end}</c>.</summary>
internal sealed record RangeNode(PathNode Over, IReadOnlyList<JsonPathNode> Body) : JsonPathNode;

/// <summary>A step of a path: values in, values out.</summary>
internal abstract record PathStep;

/// <summary><c>.name</c>; several for <c>['a','b']</c>.</summary>
internal sealed record FieldStep(IReadOnlyList<string> Names) : PathStep;

/// <summary><c>.*</c> and <c>[*]</c>.</summary>
internal sealed record AllStep : PathStep;

/// <summary><c>..</c></summary>
internal sealed record DeepStep : PathStep;

/// <summary><c>[1]</c>, <c>[0,2]</c>.</summary>
internal sealed record IndexStep(IReadOnlyList<int> Indexes) : PathStep;

/// <summary><c>[1:5:2]</c>.</summary>
internal sealed record SliceStep(int? From, int? To, int? By) : PathStep;

/// <summary><c>[?(@.a == "b")]</c>.</summary>
internal sealed record FilterStep(JsonPathNode Left, string Operator, JsonPathNode? Right) : PathStep;
