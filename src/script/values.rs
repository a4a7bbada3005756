//! Variables and values of an engine: declaring, assigning, looking into them, to and from JSON.

use super::{
    convert::{json_of, text_of, value_of},
    engine::{Chain, Engine, Handle, Scope, ScriptError},
    names::{is_identifier, is_reference},
    sources::Form,
};
use rquickjs::{Function, Object, Value};
use serde_json::Value as Json;
use std::sync::Arc;

impl Engine {
    /// Assigns to a declared variable, by its name as written (`x`, `document.x`, `a.b.c`).
    ///
    /// # Errors
    /// [`ScriptError::Semantic`] if the variable is not declared, is a session variable, or the name is none.
    pub fn assign(&self, chain: &Chain, name: &Arc<str>, value: &Handle) -> Result<(), ScriptError> {
        if !is_reference(name) {
            return Err(ScriptError::Semantic(format!("'{name}' is not the name of a variable")));
        }
        if name.starts_with("session.") {
            return Err(ScriptError::Semantic(format!("'{name}' cannot be assigned: session variables are read-only")));
        }
        if self.assign_plainly(chain, name, value)? {
            return Ok(());
        }
        self.in_chain(Form::Assignment, name, chain, Some(value), None, |_, _| Ok(()))
    }

    /// Assigns to a variable of a scope (`x`, `document.x`) without compiling anything; says whether it is one.
    fn assign_plainly(&self, chain: &Chain, name: &str, value: &Handle) -> Result<bool, ScriptError> {
        let (scope, variable) = match name.split_once('.') {
            Some((scope @ ("application" | "document" | "dialog"), variable)) => (Some(scope), variable),
            Some(_) => return Ok(false),
            None => (None, name),
        };
        if !is_identifier(variable) {
            return Ok(false);
        }
        self.run(|ctx| {
            let scene = self.scene(ctx, chain)?;
            let Some(holder) = scene.holder(scope.unwrap_or(variable))? else { return Ok(false) };
            let holder = match scope {
                Some(scope) => holder.get::<_, Value<'_>>(scope)?.into_object(),
                None => Some(holder.clone()),
            };
            match holder {
                Some(holder) if holder.contains_key(variable)? => {
                    holder.set(variable, value.0.clone().restore(ctx)?)?;
                    Ok(true)
                }
                _ => Ok(false),
            }
        })
    }

    /// Declares (or sets) a variable of a scope.
    ///
    /// # Errors
    /// [`ScriptError::Semantic`] if the name is not a plain variable name.
    pub fn declare(&self, scope: &Scope, name: &str, value: &Handle) -> Result<(), ScriptError> {
        if !is_identifier(name) {
            return Err(ScriptError::Semantic(format!("'{name}' cannot be declared: it is not a plain variable name")));
        }
        self.set(scope, name, value)
    }

    /// Sets a property of a scope, whatever its name (form item variables, `name$`, `lastresult$`).
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn set(&self, scope: &Scope, name: &str, value: &Handle) -> Result<(), ScriptError> {
        self.run(|ctx| scope.0.clone().restore(ctx)?.set(name, value.0.clone().restore(ctx)?))
    }

    /// Whether a variable of a scope is undefined or not declared.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn is_undefined(&self, scope: &Scope, name: &str) -> Result<bool, ScriptError> {
        self.run(|ctx| {
            let value: Value<'_> = scope.0.clone().restore(ctx)?.get(name)?;
            Ok(value.is_undefined())
        })
    }

    /// ECMAScript `undefined`.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn undefined(&self) -> Result<Handle, ScriptError> {
        self.run(|ctx| Ok(self.keep(ctx, Value::new_undefined(ctx.clone()))))
    }

    /// A JSON value inside the engine.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn value(&self, json: &Json) -> Result<Handle, ScriptError> {
        self.run(|ctx| Ok(self.keep(ctx, value_of(ctx, json)?)))
    }

    /// A value as JSON; `undefined` is null, functions are left out.
    ///
    /// # Errors
    /// [`ScriptError`] if it cannot be written as JSON (a cycle).
    pub fn json(&self, value: &Handle) -> Result<Json, ScriptError> {
        self.run(|ctx| json_of(ctx, value.0.clone().restore(ctx)?))
    }

    /// A value as text; `None` for `undefined`.
    ///
    /// # Errors
    /// [`ScriptError`] if its `toString` fails.
    pub fn text(&self, value: &Handle) -> Result<Option<String>, ScriptError> {
        self.run(|ctx| text_of(ctx, value.0.clone().restore(ctx)?))
    }

    /// The elements of an array, at most `limit`; `None` if the value is none.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn elements(&self, value: &Handle, limit: usize) -> Result<Option<Vec<Handle>>, ScriptError> {
        self.run(|ctx| {
            let Some(array) = value.0.clone().restore(ctx)?.into_array() else { return Ok(None) };
            let elements: rquickjs::Result<Vec<Handle>> =
                array.iter::<Value<'_>>().take(limit).map(|element| Ok(self.keep(ctx, element?))).collect();
            elements.map(Some)
        })
    }

    /// A property of an object by path (`a` or `a.b`); `None` if the value is no object or has no such property.
    ///
    /// # Errors
    /// [`ScriptError`] if a getter throws.
    pub fn property(&self, value: &Handle, path: &str) -> Result<Option<Handle>, ScriptError> {
        self.run(|ctx| {
            let mut value = value.0.clone().restore(ctx)?;
            for name in path.split('.') {
                let Some(object) = value.into_object() else { return Ok(None) };
                value = object.get(name)?;
            }
            Ok((!value.is_undefined()).then(|| self.keep(ctx, value)))
        })
    }

    /// An array with the given elements and further named properties, as `application.lastresult$` is one.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn array_with(&self, elements: &[Json], properties: &Json) -> Result<Handle, ScriptError> {
        self.run(|ctx| {
            let array = value_of(ctx, &Json::Array(elements.to_vec()))?;
            if let (Some(object), Json::Object(properties)) = (array.as_object(), properties) {
                for (name, property) in properties {
                    object.set(name.as_str(), value_of(ctx, property)?)?;
                }
            }
            Ok(self.keep(ctx, array))
        })
    }

    /// An object made of named values.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn object(&self, properties: &[(String, Handle)]) -> Result<Handle, ScriptError> {
        self.run(|ctx| {
            let object = Object::new(ctx.clone())?;
            for (name, value) in properties {
                object.set(name.as_str(), value.0.clone().restore(ctx)?)?;
            }
            Ok(self.keep(ctx, object.into_value()))
        })
    }

    /// Makes a value and all it holds read-only, as session variables are.
    ///
    /// # Errors
    /// [`ScriptError`] if the heap is exhausted.
    pub fn freeze(&self, scope: &Scope) -> Result<(), ScriptError> {
        self.run(|ctx| {
            let object: Object<'_> = ctx.globals().get("Object")?;
            freeze(&object.get("freeze")?, scope.0.clone().restore(ctx)?)
        })
    }
}

/// Freezes an object with all it holds, by `Object.freeze`.
fn freeze<'js>(by: &Function<'js>, object: Object<'js>) -> rquickjs::Result<()> {
    for value in object.props::<String, Value<'js>>() {
        if let Some(object) = value?.1.into_object() {
            freeze(by, object)?;
        }
    }
    by.call((object,))
}
