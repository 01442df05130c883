namespace Keelson.Machinery.Cel;

/// <summary>One evaluation of an expression.</summary>
internal sealed class CelEvaluation(
    CelEnvironment environment, IReadOnlyDictionary<string, CelValue> variables, long costLimit)
{
    /// <summary>The types that expressions may name.</summary>
    public static readonly HashSet<string> TypeNames = new(StringComparer.Ordinal)
    {
        "bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint",
    };

    private static readonly CelError TooLong = new("operation cancelled: actual cost limit exceeded");

    private readonly List<(string Name, CelValue Value)> _locals = [];
    private long _cost;

    /// <summary>The value of a part.</summary>
    public CelValue Evaluate(CelNode node)
    {
        if (++_cost > costLimit)
        {
            return TooLong;
        }

        return node switch
        {
            CelLiteral one => one.Value,
            CelIdentifier one => Variable(one.Name),
            CelSelect one => Select(one),
            CelCall one => Call(one),
            CelLogic one => Logic(one),
            CelConditional one => Conditional(one),
            CelListNode one => List(one),
            CelMapNode one => Map(one),
            CelLoop one => Loop(one),
            CelBinding one => Bind(one),
            _ => new CelError("unsupported expression"),
        };
    }

    private CelValue Variable(string name)
    {
        for (int i = _locals.Count - 1; i >= 0; i--)
        {
            if (_locals[i].Name == name)
            {
                return _locals[i].Value;
            }
        }

        return variables.TryGetValue(name, out CelValue? value) ? value
            : TypeNames.Contains(name) ? new CelType(name)
            : new CelError($"no such attribute(s): {name}");
    }

    private CelValue Select(CelSelect node)
    {
        CelValue operand = Evaluate(node.Operand);
        if (operand is CelError)
        {
            return operand;
        }

        if (operand is not CelMap map)
        {
            return node.IsTest ? CelBool.False : new CelError($"no such key: {node.Field}");
        }

        CelString key = new(node.Field);
        return node.IsTest ? CelBool.Of(map.Has(key)) : map.Find(key) ?? new CelError($"no such key: {node.Field}");
    }

    private CelValue Call(CelCall node)
    {
        CelValue[] arguments = new CelValue[node.Arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Evaluate(node.Arguments[i]);
            if (arguments[i] is CelError)
            {
                return arguments[i];
            }
        }

        // What a function goes through counts: long texts and lists make long work.
        foreach (CelValue argument in arguments)
        {
            _cost += argument switch
            {
                CelString one => one.Text.Length / 10,
                CelBytes one => one.Content.Length / 10,
                CelList one when node.Function is "@in" or "_==_" or "_!=_" or "_+_" => one.Items.Count,
                _ => 0,
            };
        }

        return _cost > costLimit ? TooLong : environment.Functions[node.Function](arguments)
            ?? NoOverload(node.Function, arguments);
    }

    private static CelError NoOverload(string function, params ReadOnlySpan<CelValue> arguments)
    {
        List<string> types = [];
        foreach (CelValue argument in arguments)
        {
            types.Add(argument.TypeName);
        }

        return new($"no such overload: {function}({string.Join(", ", types)})");
    }

    /// <summary>
    /// What decides the outcome counts even if another operand is an error: <c>true || 1 / 0 == 1</c> is true, and so
    /// is <c>1 / 0 == 1 || true</c>.
    /// </summary>
    private CelValue Logic(CelLogic node)
    {
        CelValue? error = null;
        foreach (CelNode operand in node.Operands)
        {
            CelValue value = Evaluate(operand);
            if (value is CelBool truth)
            {
                if (truth.Truth != node.IsAnd)
                {
                    return truth;
                }
            }
            else
            {
                error ??= value is CelError ? value : NoOverload(node.IsAnd ? "_&&_" : "_||_", value);
            }
        }

        return error ?? CelBool.Of(node.IsAnd);
    }

    private CelValue Conditional(CelConditional node)
    {
        CelValue condition = Evaluate(node.Condition);
        return condition is CelBool truth ? Evaluate(truth.Truth ? node.Then : node.Otherwise)
            : condition is CelError ? condition
            : NoOverload("_?_:_", condition);
    }

    private CelValue List(CelListNode node)
    {
        CelValue[] items = new CelValue[node.Items.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Evaluate(node.Items[i]);
            if (items[i] is CelError)
            {
                return items[i];
            }
        }

        return new CelList(items);
    }

    private CelValue Map(CelMapNode node)
    {
        List<(CelValue Key, CelValue Value)> entries = [];
        CelEntries map = new(entries);
        for (int i = 0; i < node.KeysAndValues.Length; i += 2)
        {
            CelValue key = Evaluate(node.KeysAndValues[i]);
            CelValue value = Evaluate(node.KeysAndValues[i + 1]);
            if (key is CelError || value is CelError)
            {
                return key is CelError ? key : value;
            }

            if (key is not (CelString or CelInt or CelUint or CelBool))
            {
                return new CelError("unsupported key type");
            }

            if (map.Has(key))
            {
                return new CelError("Failed with repeated key");
            }

            entries.Add((key, value));
        }

        return map;
    }

    private CelValue Bind(CelBinding node)
    {
        CelValue value = Evaluate(node.Value);
        return value is CelError ? value : With(node.Variable, value, node.Body);
    }

    private CelValue With(string name, CelValue value, CelNode body)
    {
        _locals.Add((name, value));
        CelValue result = Evaluate(body);
        _locals.RemoveAt(_locals.Count - 1);
        return result;
    }

    private CelValue Loop(CelLoop node)
    {
        CelValue range = Evaluate(node.Range);
        IEnumerable<CelValue>? items = range switch
        {
            CelList list => list.Items,
            CelMap map => map.Keys,
            _ => null,
        };
        return items is not null ? node.Kind is CelLoopKind.All or CelLoopKind.Exists ? Quantified(node, items)
                : Collected(node, items)
            : range is CelError ? range
            : NoOverload("@range", range);
    }

    private CelValue Quantified(CelLoop node, IEnumerable<CelValue> items)
    {
        CelValue? error = null;
        foreach (CelValue item in items)
        {
            CelValue value = With(node.Variable, item, node.Condition!);
            if (value is CelBool truth)
            {
                if (truth.Truth == (node.Kind == CelLoopKind.Exists))
                {
                    return truth;
                }
            }
            else
            {
                error ??= value is CelError ? value : NoOverload("_&&_", value);
            }

            if (ReferenceEquals(error, TooLong))
            {
                break;
            }
        }

        return error ?? CelBool.Of(node.Kind == CelLoopKind.All);
    }

    private CelValue Collected(CelLoop node, IEnumerable<CelValue> items)
    {
        List<CelValue> found = [];
        foreach (CelValue item in items)
        {
            CelValue wanted = node.Condition is null ? CelBool.True : With(node.Variable, item, node.Condition);
            if (wanted is not CelBool truth)
            {
                return wanted is CelError ? wanted : NoOverload("_?_:_", wanted);
            }

            if (!truth.Truth)
            {
                continue;
            }

            CelValue result = node.Transform is null ? item : With(node.Variable, item, node.Transform);
            if (result is CelError)
            {
                return result;
            }

            found.Add(result);
        }

        return node.Kind == CelLoopKind.ExistsOne ? CelBool.Of(found.Count == 1) : new CelList(found);
    }
}
