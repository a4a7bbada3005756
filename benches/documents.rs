//! A large document, from its bytes to what all calls share.

#![allow(missing_docs, clippy::expect_used)]

mod common;

use common::resource;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use voxbridge::interpreter::Library;

const FORMS: usize = 200;

fn compile(criterion: &mut Criterion) {
    let text = document();
    println!("the document has {} bytes", text.len());
    let document = resource("http://127.0.0.1/large.vxml", text.into_bytes());
    criterion.bench_function(&format!("document/{FORMS} forms"), |bencher| {
        let prepare = |library: Library| {
            library.prepare(&document, voxbridge::dialogue::Dialect::Standard).expect("the document is sound");
            library
        };
        // Beginning and end of the library are no part of compiling.
        bencher.iter_batched(Library::new, prepare, BatchSize::PerIteration);
    });
}

/// Forms as telephone applications have them, each about the size of one of the samples': by turns one that takes a
/// builtin and one with a menu of options and a grammar of its own, with handlers, conditions and prompts with values.
fn document() -> String {
    let mut text = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<vxml version="2.1" xmlns="http://www.w3.org/2001/vxml" xml:lang="en-US">
  <var name="customer" expr="null"/>
"#,
    );
    for form in 0..FORMS {
        let (body, next) = (if form % 2 == 0 { account(form) } else { statement() }, (form + 1) % FORMS);
        let _ = write!(
            text,
            r##"
  <form id="form{form}">
    <property name="timeout" value="5s"/>
    <var name="tries" expr="0"/>
    <block>
      <prompt>This is part {form}, <value expr="customer == null ? 'dear customer' : customer.name"/>.</prompt>
    </block>{body}
    <catch event="error.badfetch"><prompt>Please call again later.</prompt><goto next="#form{next}"/></catch>
  </form>
"##
        );
    }
    text.push_str("</vxml>\n");
    text
}

fn account(form: usize) -> String {
    format!(
        r##"
    <field name="account" type="digits?length=8">
      <prompt>Please enter your account number. <break time="300ms"/> It has eight digits.</prompt>
      <prompt count="2" bargein="false">The account number is at the top of your statement.</prompt>
      <nomatch count="2"><prompt>Sorry, that has not eight digits.</prompt><reprompt/></nomatch>
      <filled>
        <if cond="account.charAt(0) == '0'">
          <assign name="tries" expr="tries + 1"/>
          <clear namelist="account"/>
        <elseif cond="tries &gt; 2"/>
          <goto next="#form0"/>
        <else/>
          <log label="bench">account of form {form}: <value expr="account"/></log>
          <submit next="balance.cgi" namelist="account" method="post"/>
        </if>
      </filled>
    </field>"##
    )
}

fn statement() -> String {
    r#"
    <field name="kind">
      <prompt>For checking, press 1. For savings, press 2. For a loan, press 3.</prompt>
      <option dtmf="1" value="checking">checking</option>
      <option dtmf="2" value="savings">savings</option>
      <option dtmf="3" value="loan">a loan</option>
    </field>
    <field name="period">
      <grammar mode="voice" version="1.0" root="period" tag-format="semantics/1.0">
        <rule id="period" scope="public">
          <item repeat="0-1">the last</item>
          <one-of>
            <item>week <tag>out = "7";</tag></item>
            <item>month <tag>out = "30";</tag></item>
          </one-of>
        </rule>
      </grammar>
      <prompt>Which period? You can say the last week or the last month.</prompt>
      <noinput><prompt>I did not hear you.</prompt><reprompt/></noinput>
    </field>"#
        .to_owned()
}

criterion_group!(benches, compile);
criterion_main!(benches);
